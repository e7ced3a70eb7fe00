"""What a digested batch leaves: ids taken, environments, releases, kept events, refused bodies, the position."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tocsin.store.db import execute, execute_many, moment, rows, values
from tocsin.store.models import Project


def take_ids(ids: Sequence[tuple[int, str]], day: int) -> set[tuple[int, str]]:
    """Those (project, event id) that were not taken before; the others are repeats."""
    if not ids:
        return set()
    sql = (
        "INSERT INTO store_eventseen (project_id, event_id, day) VALUES "  # noqa: S608 — placeholders only
        + values(3, len(ids))
        + " ON CONFLICT DO NOTHING RETURNING project_id, event_id"
    )
    return set(rows(sql, [column for project, event in ids for column in (project, event, day)]))


def taken(ids: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those (project, event id) that were taken before: repeats."""
    if not ids:
        return set()
    sql = (
        "SELECT project_id, event_id FROM store_eventseen WHERE (project_id, event_id) IN (VALUES "  # noqa: S608
        + values(2, len(ids))
        + ")"
    )
    return set(rows(sql, [column for one in ids for column in one]))


def take(events: Sequence[tuple[int, str, int]], day: int) -> None:
    """The events (project, id, issue) that were counted, so that they count once.

    Asked before and written after, both within the digest's turn: a statement that does both could not know the
    issues, and giving them to its rows afterwards takes a fifth longer.
    """
    if not events:
        return
    sql = (
        "INSERT INTO store_eventseen (project_id, event_id, issue_id, day) VALUES "  # noqa: S608 — placeholders only
        + values(4, len(events))
        + " ON CONFLICT DO NOTHING"
    )
    execute(sql, [column for event in events for column in (*event, day)])


def remember_environments(names: Iterable[tuple[int, str]], now: datetime) -> None:
    execute_many(
        "INSERT INTO store_environment (project_id, name, first_seen) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [(project, name, moment(now)) for project, name in names],
    )


def remember_releases(versions: Collection[tuple[int, str]], now: datetime) -> list[tuple[int, str]]:
    """The (project, version) pairs that are new."""
    if not versions:
        return []
    at = moment(now)
    sql = (
        "INSERT INTO store_release (project_id, version, first_seen) VALUES "  # noqa: S608 — placeholders only
        f"{values(3, len(versions))} ON CONFLICT DO NOTHING RETURNING project_id, version"
    )
    return [(row[0], row[1]) for row in rows(sql, [column for pair in sorted(versions) for column in (*pair, at)])]


def first_events(project_ids: Collection[int], now: datetime) -> None:
    """Projects have reported for the first time; nothing, as almost always, for none."""
    if project_ids:
        Project.objects.filter(pk__in=project_ids, first_event__isnull=True).update(first_event=now)


class KeptEvent(NamedTuple):
    """A row of the event sample; `tags` is JSON text, `payload` deflated."""

    project_id: int
    issue_id: int
    event_id: str
    timestamp: datetime
    received: datetime
    level: str
    environment: str
    release: str
    title: str
    tags: str
    payload: bytes


def keep(events: Sequence[KeptEvent]) -> None:
    execute_many(
        "INSERT INTO store_event (project_id, issue_id, event_id, timestamp, received, level, environment,"
        " release, title, tags, payload) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        [(*event[:3], moment(event.timestamp), moment(event.received), *event[5:]) for event in events],
    )


@dataclass(frozen=True, slots=True)
class Rejected:
    """A body that could not be digested, with the reason in words."""

    project_id: int
    received: datetime
    reason: str
    body: bytes
    encoding: str
    event_id: str = ""


def reject(bodies: Sequence[Rejected]) -> None:
    execute_many(
        "INSERT INTO store_rejectedbody (project_id, received, reason, body, encoding) VALUES (%s, %s, %s, %s, %s)",
        [(body.project_id, moment(body.received), body.reason[:500], body.body, body.encoding) for body in bodies],
    )


def digested_up_to(spool: str, position: int) -> None:
    """How far a spool has been digested, in the transaction that digested it."""
    execute_many(
        "INSERT INTO store_spoolposition (spool, position) VALUES (%s, %s)"
        " ON CONFLICT (spool) DO UPDATE SET position = excluded.position",
        [(spool, position)],
    )


def position_of(spool: str) -> int:
    found = rows("SELECT position FROM store_spoolposition WHERE spool = %s", [spool])
    return int(found[0][0]) if found else 0

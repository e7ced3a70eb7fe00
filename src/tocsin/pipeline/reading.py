"""From spooled bodies to events that know where they belong; no database, no clock."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from tocsin.core.event import Event
from tocsin.core.group import Grouping, group
from tocsin.engine.spool import Accepted
from tocsin.formats import envelope, store
from tocsin.formats.encoding import RefusedBodyError, unpack
from tocsin.formats.event import UnreadableError, parse
from tocsin.formats.feedback import FEEDBACK_ITEMS, Feedback, given_in
from tocsin.formats.sessions import SESSION_ITEMS, Sessions, begun_in
from tocsin.store.queries.issues_digest import IssueRow
from tocsin.store.writes.events import Rejected

log = logging.getLogger("tocsin.digest")

UNPACKED_LIMIT = 100 * 1024 * 1024  # the door has checked it already; a spool may be older than its limits


@dataclass(frozen=True, slots=True)
class Arrived:
    """One event with its place, as it came (`payload`) and as decisions read it."""

    project_id: int
    received: datetime
    event: Event
    grouping: Grouping
    payload: bytes


@dataclass(slots=True)
class Seen:
    """One event beside its issue, with how that stood once it was counted, and what became true with it.

    `activity` is the type of a happening that no event brought, `said` the sentence for it."""

    arrived: Arrived
    issue: IssueRow
    times_seen: int = 0
    status: int = 0
    substatus: int = 0
    is_new: bool = False
    is_regression: bool = False
    is_new_environment: bool = False
    has_escalated: bool = False
    activity: str = ""
    said: str = ""


class Begun(NamedTuple):
    """Sessions that one body told of."""

    project_id: int
    event_id: str
    sessions: Sessions


class Spoken(NamedTuple):
    """Feedback that one body brought."""

    project_id: int
    said: Feedback


@dataclass(frozen=True, slots=True)
class Reading:
    """What a batch held. Bodies with nothing of it (client reports) leave no trace."""

    arrived: list[Arrived]
    rejected: list[Rejected]
    begun: list[Begun] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)


def read(batch: Iterable[Accepted]) -> Reading:
    """The events of a batch in the order of their arrival; what cannot be read is named and loses nothing else."""
    reading = Reading([], [])
    for accepted in batch:
        try:
            payload = _event_payload(accepted, reading)
            if payload is not None:
                event = parse(payload, event_id=accepted.event_id, received=accepted.received)
                received = datetime.fromtimestamp(accepted.received, UTC)
                reading.arrived.append(Arrived(accepted.project_id, received, event, group(event), payload))
        except (RefusedBodyError, UnreadableError) as error:
            reading.rejected.append(_rejected(accepted, str(error)))
        except Exception as error:
            # One strange body must not stop the batch it came with; it is our bug all the same.
            log.exception("A body of project %s could not be read; it is set aside.", accepted.project_id)
            reading.rejected.append(_rejected(accepted, f"{type(error).__name__}: {error}"))
    return reading


def _event_payload(accepted: Accepted, reading: Reading) -> bytes | None:
    body = unpack(accepted.body, accepted.encoding, UNPACKED_LIMIT)
    if accepted.kind == "store":
        return store.plain(body, UNPACKED_LIMIT)
    found = envelope.split(body)
    project_id = accepted.project_id
    if any(item.type in SESSION_ITEMS for item in found.items):
        begun = begun_in(found, accepted.received)
        reading.begun.extend(Begun(project_id, accepted.event_id, one) for one in begun)
    if any(item.type in FEEDBACK_ITEMS for item in found.items):
        reading.spoken.extend(Spoken(project_id, said) for said in given_in(found))
    item = found.event
    return item.payload if item else None


def _rejected(accepted: Accepted, reason: str) -> Rejected:
    received = datetime.fromtimestamp(accepted.received, UTC)
    return Rejected(accepted.project_id, received, reason, accepted.body, accepted.encoding, accepted.event_id)

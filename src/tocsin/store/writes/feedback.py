"""Feedback as it comes, and what it is about; a constant number of statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from tocsin.formats.feedback import Feedback
from tocsin.store import models
from tocsin.store.db import ids_given, in_ids, rows


class Given(NamedTuple):
    """Feedback that reached a project, with the issue that it is about where that is known."""

    project_id: int
    said: Feedback
    issue_id: int | None


def keep(given: Sequence[Given], now: datetime) -> list[Given]:
    """Those that were not there before: a broker may bring a body again, people press twice."""
    known = _known(given)
    fresh: dict[tuple[int, str, str, str], Given] = {}
    for one in given:
        key = (one.project_id, one.said.event_id, one.said.email, one.said.comments)
        if key not in known:
            fresh.setdefault(key, one)
    models.Feedback.objects.bulk_create(
        models.Feedback(
            project_id=one.project_id,
            issue_id=one.issue_id,
            event_id=one.said.event_id,
            name=one.said.name,
            email=one.said.email,
            comments=one.said.comments,
            url=one.said.url,
            date_added=now,
        )
        for one in fresh.values()
    )
    return list(fresh.values())


def _known(given: Sequence[Given]) -> set[tuple[int, str, str, str]]:
    if not given:
        return set()
    rows = models.Feedback.objects.filter(
        project_id__in={one.project_id for one in given}, event_id__in={one.said.event_id for one in given}
    )
    return set(rows.values_list("project_id", "event_id", "email", "comments"))


def has_waiting(project_ids: Collection[int]) -> bool:
    """Whether feedback of any of the projects waits for its event; one query, from an index of what waits."""
    sql = f"SELECT 1 FROM store_feedback WHERE project_id {in_ids()} AND issue_id IS NULL LIMIT 1"  # noqa: S608
    return bool(rows(sql, [ids_given(project_ids)]))


def waiting(events: Mapping[tuple[int, str], int]) -> list[models.Feedback]:
    """Feedback that came before its event: it is about the issue of the event from now on. `events` gives the issue
    of each (project, event id)."""
    rows = models.Feedback.objects.filter(
        issue__isnull=True,
        project_id__in={project for project, _ in events},
        event_id__in={event for _, event in events},
    )
    found = [row for row in rows if (row.project_id, row.event_id) in events]
    for row in found:
        row.issue_id = events[row.project_id, row.event_id]
    models.Feedback.objects.bulk_update(found, ["issue_id"])
    return found


def issues_of(wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The issue of each (project, event id): of those seen lately, and of those kept whole; two queries."""
    if not wanted:
        return {}
    named = {"project_id__in": {one for one, _ in wanted}, "event_id__in": {event for _, event in wanted}}
    lasting = Exists(models.Issue.objects.filter(pk=OuterRef("issue_id")))
    seen = models.EventSeen.objects.filter(lasting, **named)
    kept = models.Event.objects.filter(**named)
    columns = ("project_id", "event_id", "issue_id")
    found = (*seen.values_list(*columns), *kept.values_list(*columns))
    return {(project, event): issue for project, event, issue in found}

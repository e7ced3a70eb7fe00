"""Issues as people change them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from tocsin.core.issue import Happening, Status, Substatus
from tocsin.store.models import Activity, Issue


class Changing(NamedTuple):
    """An issue that is to have another status."""

    id: int
    project_id: int
    status: Status
    first_seen: datetime


def not_yet(organization_id: int, issue_ids: Sequence[int], status: Status) -> list[Changing]:
    """Those issues of an organization that are not of this status; one query."""
    mine = Issue.objects.filter(project__organization_id=organization_id, pk__in=issue_ids)
    found = mine.exclude(status=int(status)).values_list("id", "project_id", "status", "first_seen")
    return [Changing(issue, project, Status(was), first_seen) for issue, project, was, first_seen in found]


def set_status(issue_ids: Sequence[int], status: Status, substatus: Substatus, now: datetime) -> None:
    """One statement, whatever their number."""
    columns: dict[str, Any] = {"status": int(status), "substatus": int(substatus)}
    columns["resolved_at"] = now if status is Status.RESOLVED else None
    if status is Status.UNRESOLVED:
        columns["active_at"] = now
    Issue.objects.filter(pk__in=issue_ids).update(**columns)


def settled(before: datetime, limit: int) -> list[tuple[int, int]]:
    """The (issue, project) pairs, up to `limit`, that are new since before a moment, or came back before it."""
    new = Q(substatus=int(Substatus.NEW), first_seen__lt=before)
    back = Q(substatus__in=[int(Substatus.REGRESSED), int(Substatus.ESCALATING)], active_at__lt=before)
    found = Issue.objects.filter(new | back, status=int(Status.UNRESOLVED)).order_by("id")
    return list(found.values_list("id", "project_id")[:limit])


def ongoing(issue_ids: Sequence[int]) -> None:
    unresolved = Issue.objects.filter(pk__in=issue_ids, status=int(Status.UNRESOLVED))
    unresolved.update(substatus=int(Substatus.ONGOING))


def happened(issues: Sequence[tuple[int, int]], happening: Happening, actor_id: int | None, now: datetime) -> None:
    """One activity for each issue."""
    Activity.objects.bulk_create(
        Activity(project_id=project, issue_id=issue, type=happening.value, user_id=actor_id, date_added=now)
        for issue, project in issues
    )

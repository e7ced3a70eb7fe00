"""Issues as people change them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from tocsin.core.issue import Status, Substatus
from tocsin.store.models import Issue


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


def prioritise(organization_id: int, issue_ids: Sequence[int], priority: int) -> list[tuple[int, int]]:
    """Gives issues of an organization a priority; the (issue, project) pairs that had another."""
    mine = Issue.objects.filter(project__organization_id=organization_id, pk__in=issue_ids)
    other = list(mine.exclude(priority=priority).values_list("id", "project_id"))
    Issue.objects.filter(pk__in=[issue for issue, _ in other]).update(priority=priority)
    return other

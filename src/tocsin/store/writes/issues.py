"""Issues as people change them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tocsin.core.issue import Happening, Status, Substatus
from tocsin.store.models import Activity, Issue


def set_status(
    organization_id: int, issue_ids: Sequence[int], status: Status, substatus: Substatus, now: datetime
) -> list[tuple[int, int]]:
    """The (issue, project) pairs that changed. Two statements, whatever their number."""
    mine = Issue.objects.filter(project__organization_id=organization_id, pk__in=issue_ids)
    changed = list(mine.exclude(status=int(status)).values_list("id", "project_id"))
    columns: dict[str, Any] = {"status": int(status), "substatus": int(substatus)}
    columns["resolved_at"] = now if status is Status.RESOLVED else None
    if status is Status.UNRESOLVED:
        columns["active_at"] = now
    Issue.objects.filter(pk__in=[issue for issue, _ in changed]).update(**columns)
    return changed


def happened(issues: Sequence[tuple[int, int]], happening: Happening, actor_id: int | None, now: datetime) -> None:
    """One activity for each issue."""
    Activity.objects.bulk_create(
        Activity(project_id=project, issue_id=issue, type=happening.value, user_id=actor_id, date_added=now)
        for issue, project in issues
    )

"""Command: what people do to issues, the same for pages, API, chat and schedule."""

from collections.abc import Sequence
from datetime import datetime

from tocsin.core.issue import Happening, Status, Substatus
from tocsin.store.db import one_transaction, retried
from tocsin.store.writes import issues

_CHANGES = {
    "resolved": (Status.RESOLVED, Substatus.NONE, Happening.RESOLVED),
    "unresolved": (Status.UNRESOLVED, Substatus.ONGOING, Happening.UNRESOLVED),
    "ignored": (Status.IGNORED, Substatus.FOREVER, Happening.IGNORED),
}


def set_status(
    *,
    organization_id: int,
    issue_ids: Sequence[int],
    status: str,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Resolves, reopens or archives issues of an organization; how many changed.

    Issues that are so already, or of another organization, are left alone. Raises ValueError for an unknown
    status.
    """
    if status not in _CHANGES:
        raise ValueError(f"{status!r} is no status; use {', '.join(_CHANGES)}.")
    to, substatus, happening = _CHANGES[status]

    def once() -> int:
        with one_transaction():
            changed = issues.set_status(organization_id, issue_ids, to, substatus, now)
            issues.happened(changed, happening, actor_id, now)
        return len(changed)

    return retried(once)

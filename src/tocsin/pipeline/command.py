"""Command: what people do to issues, the same for pages, API, chat and schedule."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from tocsin.core.issue import Happening, Status, Substatus
from tocsin.core.states import ONGOING_AFTER, reopened
from tocsin.pipeline import clock
from tocsin.store.db import one_transaction, retried
from tocsin.store.writes import issues
from tocsin.store.writes.issues import Changing

_CHANGES = {
    "resolved": (Status.RESOLVED, Happening.RESOLVED),
    "unresolved": (Status.UNRESOLVED, Happening.UNRESOLVED),
    "ignored": (Status.IGNORED, Happening.IGNORED),
}
ISSUES_AT_ONCE = 5_000


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
    to, happening = _CHANGES[status]

    def once() -> int:
        with one_transaction():
            changing = issues.not_yet(organization_id, issue_ids, to)
            kinds: dict[Substatus, list[int]] = defaultdict(list)
            for one in changing:
                kinds[_substatus(one, to, now, alone=len(issue_ids) == 1)].append(one.id)
            for substatus, ids in kinds.items():
                issues.set_status(ids, to, substatus, now)
            issues.happened([(one.id, one.project_id) for one in changing], happening, actor_id, now)
        return len(changing)

    return retried(once)


def _substatus(one: Changing, to: Status, now: datetime, *, alone: bool) -> Substatus:
    match to:
        case Status.RESOLVED:
            return Substatus.NONE
        case Status.IGNORED:
            return Substatus.FOREVER
        case Status.UNRESOLVED:
            return reopened(one.status, one.first_seen, now, alone=alone)


def settle() -> int:
    """Issues that were new, regressed or escalating for a week are ongoing; how many, a bounded number a run."""
    now = clock.now()

    def once() -> int:
        with one_transaction():
            found = issues.settled(now - ONGOING_AFTER, ISSUES_AT_ONCE)
            issues.ongoing([issue for issue, _ in found])
            issues.happened(found, Happening.ONGOING, None, now)
        return len(found)

    return retried(once)

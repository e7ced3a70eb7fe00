"""Awaken: archived issues whose condition has come are open again, as events arrive and by the clock (§10.3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.commands import Reopen
from tocsin.core.issue import Happening, Status, Substatus
from tocsin.core.snooze import Counts, Ended, Snooze, ended
from tocsin.pipeline import clock, command
from tocsin.pipeline.happened import Happened
from tocsin.pipeline.reading import Seen
from tocsin.store.queries import snoozes
from tocsin.store.queries.issues_digest import IssueRow
from tocsin.store.writes import workflow

AT_ONCE = 500
HOUR = 60  # minutes


def awaken(seen: Sequence[Seen], now: datetime) -> list[Happened]:
    """Opens the archived issues of a digested batch whose condition its events met; the last event of each is the
    one that did. Counts are those with the batch. Costs a query only where a batch meets archived issues."""
    last = {one.issue.id: one for one in seen if one.issue.status == Status.IGNORED}
    if not last:
        return []
    found = snoozes.of(last)
    within = snoozes.seen_within(_windows(found), now)
    opened = []
    for one in found:
        if over := ended(one, _counts(last[one.issue_id].issue, within, now), now):
            _open(last[one.issue_id], now)
            opened.append(_happened(last[one.issue_id], over))
    workflow.forget_ends([one.issue_id for one in opened])
    return opened


def _windows(found: Sequence[Snooze]) -> list[tuple[int, int]]:
    events = {(one.issue_id, one.window) for one in found if one.window}
    hours = {(one.issue_id, HOUR) for one in found if one.forecast}
    return sorted(events | hours)


def _counts(issue: IssueRow, within: Mapping[tuple[int, int], int], now: datetime) -> Counts:
    return Counts(
        issue.times_seen,
        issue.users_seen,
        lambda minutes: within.get((issue.id, minutes), 0),
        # Distinct users can't be summed over minutes: asked for each issue that waits for users in a window.
        lambda minutes: snoozes.users_within(issue.id, now - timedelta(minutes=minutes)),
    )


def _open(one: Seen, now: datetime) -> None:
    issue = one.issue
    issue.status, issue.substatus = int(Status.UNRESOLVED), int(Substatus.ESCALATING)
    issue.active_at = now
    one.status, one.substatus, one.has_escalated = issue.status, issue.substatus, True


def _happened(one: Seen, over: Ended) -> Happened:
    data: dict[str, Any] = {"event_id": one.arrived.event.event_id}
    data |= {"forecast": over.forecast} if over.forecast else {"expired_snooze": dict(over.condition)}
    return Happened(one.issue.project_id, one.issue.id, Happening.ESCALATING, data=data)


def by_the_clock() -> int:
    """Opens the issues that were archived until a time that has come; how many, a bounded number a run."""
    now = clock.now()
    due = snoozes.past(now, AT_ONCE)
    for organization_id, issue_id, until in due:
        command.run(
            organization_id=organization_id,
            issue_ids=[issue_id],
            command=Reopen(expired={"until": until.isoformat()}),
            actor_id=None,
            now=now,
        )
    return len(due)

"""What archived issues wait for."""

from collections.abc import Collection, Sequence
from datetime import datetime

from tocsin.core.snooze import Snooze
from tocsin.store.db import rows, values
from tocsin.store.models import IssueUser
from tocsin.store.models import Snooze as Row

_COLUMNS = (
    "issue_id",
    "until",
    "count",
    "window",
    "user_count",
    "user_window",
    "forecast",
    "seen_before",
    "users_before",
)


def of(issue_ids: Collection[int]) -> list[Snooze]:
    """One query."""
    return [Snooze(*row) for row in Row.objects.filter(issue_id__in=issue_ids).values_list(*_COLUMNS)]


def past(now: datetime, limit: int) -> list[tuple[int, int, datetime]]:
    """(organization, issue, until) of issues whose time has come, the longest due first."""
    due = Row.objects.filter(until__lte=now).order_by("until")
    return [
        (organization, issue, until)
        for organization, issue, until in due.values_list("issue__project__organization_id", "issue_id", "until")[
            :limit
        ]
        if until is not None
    ]


def seen_within(windows: Sequence[tuple[int, int]], now: datetime) -> dict[tuple[int, int], int]:
    """Events of (issue, minutes) pairs within their windows that end now; one query."""
    if not windows:
        return {}
    minute = int(now.timestamp()) // 60
    found = rows(
        f"WITH asked(issue, span) AS (VALUES {values(2, len(windows))})"  # noqa: S608 — placeholders only
        " SELECT asked.issue, asked.span, sum(seen.count) FROM asked JOIN store_issueminute AS seen"
        " ON seen.issue_id = asked.issue AND seen.minute > %s - asked.span"
        " GROUP BY asked.issue, asked.span",
        [*(value for pair in windows for value in pair), minute],
    )
    return {(issue, span): int(count) for issue, span, count in found}


def users_within(issue_id: int, since: datetime) -> int:
    """Distinct users of one issue since a moment."""
    return IssueUser.objects.filter(issue_id=issue_id, last_seen__gte=since).count()

"""Until when an archived issue stays quiet (behaviour §10.3), and what is more than it usually does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, pstdev
from typing import Any

# An issue that happened once a day must not count as escalating at its second event of an hour.
LEAST_FORECAST = 10
DEVIATIONS = 4


@dataclass(frozen=True, slots=True)
class Snooze:
    """The row: what the issue is archived until. Windows are minutes; `forecast` is events an hour."""

    issue_id: int
    until: datetime | None = None
    count: int | None = None
    window: int | None = None
    user_count: int | None = None
    user_window: int | None = None
    forecast: int | None = None
    seen_before: int = 0
    users_before: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How often the issue was seen and by how many users, altogether, and within the last so many minutes."""

    seen: int
    users: int
    seen_within: Callable[[int], int]
    users_within: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Ended:
    """What it waited for has come: the condition as on the wire, or the forecast that was passed."""

    condition: Mapping[str, Any]
    forecast: int = 0


def ended(snooze: Snooze, counts: Counts, now: datetime) -> Ended | None:
    """Why the issue is quiet no longer, or None while it is."""
    if snooze.until is not None and now >= snooze.until:
        return Ended({"until": snooze.until.isoformat()})
    if snooze.count:
        seen = counts.seen_within(snooze.window) if snooze.window else counts.seen - snooze.seen_before
        if seen >= snooze.count:
            return Ended({"count": snooze.count, "window": snooze.window})
    if snooze.user_count:
        users = (
            counts.users_within(snooze.user_window) if snooze.user_window else counts.users - snooze.users_before
        )
        if users >= snooze.user_count:
            return Ended({"user_count": snooze.user_count, "user_window": snooze.user_window})
    if snooze.forecast and counts.seen_within(60) > snooze.forecast:
        return Ended({}, snooze.forecast)
    return None


def forecast(hours: Sequence[int]) -> int:
    """More events an hour than this are unusual for an issue that had these in its last hours (two weeks).

    The mean and four standard deviations, and no hour that it has had before; at least 10.
    """
    if not hours:
        return LEAST_FORECAST
    usual = fmean(hours) + DEVIATIONS * pstdev(hours)
    return max(LEAST_FORECAST, round(usual), *hours)

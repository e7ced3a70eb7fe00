"""The stretch of time that a client asks about: `statsPeriod`, or `start` and `end`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

USUAL = timedelta(days=14)
LONGEST = timedelta(days=90)
HOUR = 3600
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_PERIOD = re.compile(r"([1-9][0-9]{0,6})([smhdw])")


class InvalidPeriodError(ValueError):
    """It makes no sense; the message says why."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` (included) to `end` (not)."""

    start: datetime
    end: datetime

    @property
    def hours(self) -> range:
        """The hours that it touches, in hours since 1970."""
        return range(int(self.start.timestamp()) // HOUR, -(-int(self.end.timestamp()) // HOUR))


def period(stats_period: str, start: str, end: str, now: datetime) -> Period:
    """What was asked for, the last 14 days where nothing was. Raises InvalidPeriodError; 90 days are the most."""
    if stats_period:
        return _whole(Period(now - _length(stats_period), now))
    if bool(start) != bool(end):
        raise InvalidPeriodError("Give start and end, or neither.")
    return _whole(Period(_moment("start", start), _moment("end", end)) if start else Period(now - USUAL, now))


def _length(text: str) -> timedelta:
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise InvalidPeriodError(f"statsPeriod is a number with s, m, h, d or w, as 14d, not {text[:20]!r}.")
    seconds = int(found[1]) * _UNITS[found[2]]
    return timedelta(seconds=min(seconds, LONGEST.total_seconds() + 1))


def _moment(name: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidPeriodError(f"{name} is a time as 2026-11-21T09:00:00Z, not {text[:40]!r}.") from None


def _whole(found: Period) -> Period:
    if found.end <= found.start:
        raise InvalidPeriodError("The end must come after the start.")
    if found.end - found.start > LONGEST:
        raise InvalidPeriodError(f"The period is longer than {LONGEST.days} days.")
    return found

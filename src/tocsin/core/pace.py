"""How fast one lane may go: so many at once, then one every so often (a leaky bucket, kept as one moment)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `burst` at once and then one every `gap`; a gap of nothing means no limit."""

    gap: timedelta = timedelta()
    burst: int = 1


UNPACED = Pace()


def spent(pace: Pace, paced: datetime | None, now: datetime) -> datetime | None:
    """The lane's theoretical arrival time after one more has gone at `now` (GCRA); None while there is no limit."""
    if not pace.gap:
        return None
    return (max(paced, now) if paced else now) + pace.gap


def next_at(pace: Pace, paced: datetime | None) -> datetime | None:
    """When the next may go, or None for at once."""
    return paced - pace.gap * (pace.burst - 1) if paced else None

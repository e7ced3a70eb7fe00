"""The stretch of time that a need is about, and of which counts it is the sum.

Up to two hours back it is exact to the second: whole minutes, and single seconds at the ends. Further back it
begins and ends with a minute. Before a rule was made nobody counted its seconds, so for the first `window` after
that up to a minute's events at the far end may be missing.
"""

from dataclasses import dataclass
from typing import NamedTuple

from tocsin.core.facts import EVENTS, MATCHING_USERS, TAGGED, USERS, Asked, Need

EXACT = 2 * 3600
END_OF_TIME = 144_000_000 * 60  # seconds since 1970; the year 2243
EVENT_SERIES = "events"
# How long after a second its count may still be asked for, by the beginning of the series' name.
KEPT = {EVENT_SERIES: EXACT + 600, "tag:": 86_400 + 3_600, "users": 62 * 86_400}


class Range(NamedTuple):
    """From the first to the last, both included; empty when the last is smaller."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds since 1970. A window that ends now has no end: the clocks of SDKs run a minute ahead."""

    seconds: Range
    is_exact: bool

    def __contains__(self, second: object) -> bool:
        return isinstance(second, int) and self.seconds.first <= second <= self.seconds.last

    @property
    def minutes(self) -> Range:
        """The minutes that count as a whole, in minutes since 1970."""
        first, after = self.seconds.first, self.seconds.last + 1
        return Range(-(-first // 60) if self.is_exact else first // 60, after // 60 - 1)

    @property
    def ends(self) -> tuple[Range, ...]:
        """The single seconds beside them; none where there is nothing but minutes."""
        if not self.is_exact:
            return ()
        first, last = self.seconds
        whole = self.minutes
        if whole.last < whole.first:
            return (Range(first, last),)
        ends = (Range(first, whole.first * 60 - 1), Range((whole.last + 1) * 60, last))
        return tuple(end for end in ends if end.last >= end.first and end.first < END_OF_TIME)


def span(need: Need, at: int) -> Span:
    """What a need is about at a moment (seconds since 1970): after its beginning, up to its end."""
    first = at - need.before - need.window + 1
    last = at - need.before if need.before else END_OF_TIME - 1
    is_exact = need.before + need.window <= EXACT
    if is_exact:
        return Span(Range(first, last), is_exact)
    # To whole minutes, so that the stretch before begins where this one ends.
    return Span(Range(first - first % 60, last - (last + 1) % 60), is_exact)


def series(asked: Asked) -> str:
    """Under which name the seconds of a need are counted, "" when they are not."""
    need = asked.need
    match need.name:
        case name if name == EVENTS and need.before + need.window <= EXACT:
            return EVENT_SERIES
        case name if name == USERS:
            return "users"
        case name if name == MATCHING_USERS:
            return f"users:{asked.filters}"
        case name if name == TAGGED:
            return f"tag:{need.detail}"[:210]
        case _:
            return ""

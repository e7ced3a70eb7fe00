"""The buckets of the histograms: how long things took, as running counts can keep it."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Upper bounds in seconds: from "at once" to the longest that a message is retried. The last bucket has no bound.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 86400.0)


@dataclass(slots=True)
class Measured:
    """How many fell into a bucket, and their sum in seconds."""

    count: int = 0
    seconds: float = 0.0


def measured(lengths: Iterable[float]) -> dict[int, Measured]:
    """Lengths in seconds by the number of their bucket; a clock that was set back makes none negative."""
    found: dict[int, Measured] = {}
    for length in lengths:
        positive = max(length, 0.0)
        one = found.setdefault(bisect_left(BOUNDS, positive), Measured())
        one.count += 1
        one.seconds += positive
    return found


def cumulated(buckets: Mapping[int, int]) -> list[tuple[str, int]]:
    """Counts by bucket as a histogram shows them: (upper bound, how many were at most that)."""
    total, shown = 0, []
    for number, bound in enumerate([*map(str, BOUNDS), "+Inf"]):
        total += buckets.get(number, 0)
        shown.append((bound, total))
    return shown

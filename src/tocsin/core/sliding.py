"""How much of something falls into a stretch of time that only moves forward: each thing is looked at twice."""

from bisect import bisect_right
from collections import Counter


class SlidingCount:
    """Things by their second (seconds since 1970), in any order; `are_distinct` counts members once each.

    Ask for stretches whose ends never go back. What is added behind a stretch that was asked for is not counted.
    """

    __slots__ = ("_are_distinct", "_end", "_inside", "_members", "_seconds", "_start")

    def __init__(self, *, are_distinct: bool) -> None:
        self._are_distinct = are_distinct
        self._seconds: list[int] = []
        self._members: list[str] = []
        self._inside: Counter[str] = Counter()
        self._start = self._end = 0

    def add(self, second: int, member: str = "") -> None:
        place = bisect_right(self._seconds, second) if self._seconds and second < self._seconds[-1] else None
        if place is None:
            self._seconds.append(second)
            self._members.append(member)
            return
        self._seconds.insert(place, second)
        self._members.insert(place, member)
        if place < self._start:
            self._start += 1
            self._end += 1
        elif place < self._end:
            self._end += 1
            self._come(member)

    def count(self, first: int, last: int) -> int:
        """How many from a second to a second, both included."""
        seconds, members = self._seconds, self._members
        while self._end < len(seconds) and seconds[self._end] <= last:
            self._come(members[self._end])
            self._end += 1
        while self._start < self._end and seconds[self._start] < first:
            self._go(members[self._start])
            self._start += 1
        return len(self._inside) if self._are_distinct else self._end - self._start

    def _come(self, member: str) -> None:
        if self._are_distinct:
            self._inside[member] += 1

    def _go(self, member: str) -> None:
        if not self._are_distinct:
            return
        self._inside[member] -= 1
        if not self._inside[member]:
            del self._inside[member]

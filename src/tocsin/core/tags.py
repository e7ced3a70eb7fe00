"""Which tags of an event are new to its issue, with a bound: a key that never repeats must not fill the disk."""

from collections.abc import Iterable

MOST_VALUES = 100  # of one key, on one issue

Pair = tuple[str, str]


class Known:
    """The tags that an issue is known to have had."""

    __slots__ = ("_counts", "pairs")

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self.pairs = set(pairs)
        self._counts: dict[str, int] = {}
        for key, _ in self.pairs:
            self._counts[key] = self._counts.get(key, 0) + 1

    def fresh(self, tags: Iterable[Pair]) -> list[Pair]:
        """Those that it has not had and that there is room for; from now on it has had them.

        People are counted elsewhere, as digests.
        """
        found = []
        for pair in tags:
            if pair in self.pairs:
                continue
            key = pair[0]
            many = self._counts.get(key, 0)
            if many < MOST_VALUES and key != "user":
                self.pairs.add(pair)
                self._counts[key] = many + 1
                found.append(pair)
        return found

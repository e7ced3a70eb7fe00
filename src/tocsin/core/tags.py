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

    def learns_from(self, tags: Iterable[Pair]) -> bool:
        """Whether any of the tags would be fresh."""
        return any(pair not in self.pairs and self._takes(pair[0]) for pair in tags)

    def _takes(self, key: str) -> bool:
        """Whether there is room for another value. People are counted elsewhere, as digests."""
        return key != "user" and self._counts.get(key, 0) < MOST_VALUES

    def fresh(self, tags: Iterable[Pair]) -> list[Pair]:
        """Those that it has not had and that there is room for; from now on it has had them."""
        found = []
        for pair in tags:
            key = pair[0]
            if pair not in self.pairs and self._takes(key):
                self.pairs.add(pair)
                self._counts[key] = self._counts.get(key, 0) + 1
                found.append(pair)
        return found

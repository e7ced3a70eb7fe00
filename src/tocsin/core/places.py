"""What rules ask of an issue's project: its sessions, its releases, which of them are adopted."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from tocsin.core.environments import Environments
from tocsin.core.releases import Known

# A release is adopted when a tenth of a day's sessions have it.
ADOPTED_WITHIN = timedelta(days=1)
ADOPTED_SHARE = 0.1

Releases = Sequence[tuple[str, Known]]  # each environment's, in the order in which they were first seen


class Sums:
    """Counts by minute (since 1970), added up once: any stretch of them is two look-ups."""

    def __init__(self, counts: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(counts)
        self._minutes = [minute for minute, _ in ordered]
        self._sums = list(accumulate((count for _, count in ordered), initial=0))

    def between(self, first: int, last: int) -> int:
        """The sum from a minute to a minute, both included."""
        end = self._sums[bisect_right(self._minutes, last)]
        return max(0, end - self._sums[bisect_left(self._minutes, first)])


class Sessions:
    """The sessions of a project by (minute, environment, count), added up once for each choice of environments."""

    def __init__(self, counts: Sequence[tuple[int, str, int]] = ()) -> None:
        self._counts = counts
        self._sums: dict[Environments, Sums] = {}

    def begun(self, window: int, at: datetime, where: Environments) -> int:
        """How many began in the `window` seconds up to a moment."""
        if where not in self._sums:
            self._sums[where] = Sums((minute, count) for minute, name, count in self._counts if name in where)
        minute = int(at.timestamp()) // 60
        return self._sums[where].between(minute - window // 60 + 1, minute)


def newest(releases: Releases, where: Environments, at: datetime) -> str:
    """The version that was first seen last, "" for none."""
    known = bisect_right(releases, at, key=_first_seen)
    found = (releases[place] for place in range(known - 1, -1, -1))
    return next((one.version for name, one in found if name in where), "")


def of_version(releases: Releases, version: str, at: datetime) -> Known | None:
    """The release of a version, as it was first seen anywhere."""
    return next((one for _, one in releases if one.version == version and one.first_seen <= at), None)


def _first_seen(release: tuple[str, Known]) -> datetime:
    return release[1].first_seen


def adopted(releases: Releases, environment: str, shares: Mapping[str, int]) -> list[Known]:
    """The adopted releases of an environment, newest first; `shares` are its sessions of a day by version."""
    known = {one.version: one for name, one in releases if name == environment}
    total = sum(shares.values())
    found = [known[one] for one, count in shares.items() if one in known and count >= total * ADOPTED_SHARE]
    return sorted(found, key=lambda one: one.first_seen, reverse=True)

"""What rules ask of an issue's project: its sessions, its releases, which of them are adopted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from tocsin.core.environments import Environments
from tocsin.core.releases import Known

# A release is adopted when a tenth of a day's sessions have it.
ADOPTED_WITHIN = timedelta(days=1)
ADOPTED_SHARE = 0.1

Releases = Sequence[tuple[str, Known]]  # each environment's, in the order in which they were first seen


def sessions(counts: Iterable[tuple[int, str, int]], window: int, at: datetime, where: Environments) -> int:
    """How many sessions began in the `window` seconds up to a moment; by (minute, environment, count)."""
    minute = int(at.timestamp()) // 60
    minutes = range(minute - window // 60 + 1, minute + 1)
    return sum(count for begun, name, count in counts if begun in minutes and name in where)


def newest(releases: Releases, where: Environments, at: datetime) -> str:
    """The version that was first seen last, "" for none."""
    found = (one.version for name, one in reversed(releases) if name in where and one.first_seen <= at)
    return next(found, "")


def of_version(releases: Releases, version: str, at: datetime) -> Known | None:
    """The release of a version, as it was first seen anywhere."""
    return next((one for _, one in releases if one.version == version and one.first_seen <= at), None)


def adopted(releases: Releases, environment: str, shares: Mapping[str, int]) -> list[Known]:
    """The adopted releases of an environment, newest first; `shares` are its sessions of a day by version."""
    known = {one.version: one for name, one in releases if name == environment}
    total = sum(shares.values())
    found = [known[one] for one, count in shares.items() if one in known and count >= total * ADOPTED_SHARE]
    return sorted(found, key=lambda one: one.first_seen, reverse=True)

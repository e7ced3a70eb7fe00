"""Whether an issue that was resolved somewhere is fixed in the release of an event (behaviour §10.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tocsin.core.releases import Known, is_later, parse


class Kind(StrEnum):
    """Where an issue is fixed."""

    IN_RELEASE = "in_release"
    IN_NEXT_RELEASE = "in_next_release"
    IN_COMMIT = "in_commit"


@dataclass(frozen=True, slots=True)
class Fixed:
    """Where an issue was resolved. `release` is the version that has the fix (for the next release: the last one
    seen without it), `current` the newest that still had the error. A pending one waits for its commit to be
    released."""

    kind: Kind
    release: Known | None = None
    current: Known | None = None
    is_pending: bool = False


def is_fixed_in(fixed: Fixed | None, event: Known | None) -> bool:
    """Whether an event of that release is old news: the fix is not in there yet. False is a regression.

    Without a resolution that names a release every event is a regression; an event that does not say its release
    is none, as it may come from anywhere.
    """
    if fixed is None:
        return False
    if event is None or (fixed.kind is Kind.IN_COMMIT and fixed.is_pending):
        return True
    if fixed.current is not None:
        return not is_later(event, fixed.current)
    if fixed.release is None:
        return False
    if fixed.kind is Kind.IN_NEXT_RELEASE:
        return not is_later(event, fixed.release)
    return event.version != fixed.release.version and is_later(fixed.release, event)


def regression_data(fixed: Fixed | None, event_id: str, version: str) -> dict[str, Any]:
    """What the timeline keeps of a regression."""
    data: dict[str, Any] = {"event_id": event_id, "version": version}
    resolved_in = fixed.release.version if fixed and fixed.release else ""
    if fixed and resolved_in and fixed.kind is not Kind.IN_NEXT_RELEASE:
        data["resolved_in_version"] = resolved_in
    if resolved_in and version:
        data["follows_semver"] = follows_semver(resolved_in, version)
    return data


def follows_semver(one: str, other: str) -> bool:
    """Whether two versions are compared by their numbers, not by when they were first heard of."""
    a, b = parse(one), parse(other)
    return a.semver is not None and b.semver is not None and a.package == b.package


def next_after(current: Known | None, new: Iterable[Known]) -> str:
    """Of new versions the first that is later than the newest one without the fix; "" where none is."""
    first: Known | None = None
    for one in new:
        if (current is None or is_later(one, current)) and (first is None or is_later(first, one)):
            first = one
    return first.version if first else ""


def latest(releases: Mapping[str, Known]) -> Known | None:
    """The greatest semantic version where the newest release has one, among its package; else the newest."""
    if not releases:
        return None
    newest = max(releases.values(), key=lambda one: (one.first_seen, one.version))
    package = parse(newest.version)
    if package.semver is None:
        return newest
    alike = [one for one in releases.values() if follows_semver(one.version, newest.version)]
    return max(alike, key=lambda one: (parse(one.version).semver, one.first_seen))

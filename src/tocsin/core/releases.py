"""Versions as people write them ("shop@1.4.0-rc.1+build7", a date, a commit) and which of two is the later."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import total_ordering

_SEMVER = re.compile(
    r"v?(\d{1,18})(?:\.(\d{1,18}))?(?:\.(\d{1,18}))?(?:\.(\d{1,18}))?"
    r"(?:-([0-9A-Za-z.-]{1,100}))?(?:\+([0-9A-Za-z.-]{1,100}))?"
)


@total_ordering
@dataclass(frozen=True, slots=True)
class Semver:
    """A semantic version, compared as semver.org says: build metadata makes no difference."""

    numbers: tuple[int, int, int, int]
    pre: tuple[str, ...] = ()
    build: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Semver) and self._order == other._order

    def __hash__(self) -> int:
        return hash(self._order)

    def __lt__(self, other: "Semver") -> bool:
        return self._order < other._order

    @property
    def _order(self) -> tuple[object, ...]:
        # A release is later than what comes before it; numbers are less than words.
        parts = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in self.pre)
        return (self.numbers, not self.pre, parts)


@dataclass(frozen=True, slots=True)
class Version:
    """`package` is what stands before the @, "" for none; `semver` is None for a version of another kind."""

    text: str
    package: str = ""
    semver: Semver | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A version and when it was first heard of."""

    version: str
    first_seen: datetime


def parse(text: str) -> Version:
    """The parts of a version; never fails. A package is only split off where there is an @ within the text."""
    package, at, version = text.rpartition("@")
    if not at or not package or not version:
        package, version = "", text
    found = _SEMVER.fullmatch(version)
    # A lone number is a build or the hash of a commit, not 7.0.0.
    if found is None or found[2] is None:
        return Version(text, package)
    numbers = tuple(int(part or 0) for part in found.groups()[:4])
    pre = tuple((found[5] or "").split(".")) if found[5] else ()
    return Version(text, package, Semver(numbers, pre, found[6] or ""))  # type: ignore[arg-type]


def is_numbered(version: str) -> bool:
    """Whether a version is a semantic one."""
    return parse(version).semver is not None


def is_later(one: Known, other: Known) -> bool:
    """Whether `one` came after `other`: by their numbers where both are semantic versions of one package, else by
    when they were first heard of."""
    a, b = parse(one.version), parse(other.version)
    if a.semver is not None and b.semver is not None and a.package == b.package:
        return a.semver > b.semver
    return one.first_seen > other.first_seen

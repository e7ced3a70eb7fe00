"""Where resolved issues are fixed, with when the versions were first heard of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.releases import Known
from tocsin.core.resolution import Fixed, Kind
from tocsin.store.db import aware, ids_given, in_ids, rows, values

_Row = tuple[int, str, bool, str, str, datetime]


class Fixes:
    """Where issues are fixed, and when the versions that matter were first heard of."""

    def __init__(self, fixed: dict[int, Fixed], first_seen: dict[tuple[int, str], datetime], now: datetime) -> None:
        self._fixed = fixed
        self._first_seen = first_seen
        self._now = now

    def of(self, issue_id: int) -> Fixed | None:
        return self._fixed.get(issue_id)

    def release(self, project_id: int, version: str) -> Known | None:
        """A version; one that nobody has heard of is as new as can be."""
        return Known(version, self._first_seen.get((project_id, version), self._now)) if version else None


def fixes(projects: dict[int, int], seen: Collection[tuple[int, str]], now: datetime) -> Fixes:
    """Of resolved issues (their projects by id), with the versions (project, version) that were seen in them.

    One query, or two where any of them was resolved in a release.
    """
    if not projects:
        return Fixes({}, {}, now)
    found: list[_Row] = rows(
        "SELECT issue_id, kind, is_pending, release, current_release, date_added FROM store_resolution"  # noqa: S608
        f" WHERE issue_id IN {values(len(projects), 1)}",
        [*projects],
    )
    if not found:
        return Fixes({}, {}, now)
    named = {(projects[row[0]], version) for row in found for version in row[3:5] if version}
    first_seen = _first_seen(named | {pair for pair in seen if pair[1]})
    return Fixes({row[0]: _fixed(projects[row[0]], row, first_seen) for row in found}, first_seen, now)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An issue that is resolved in the release to come; `current` is the newest that lacks the fix."""

    issue_id: int
    project_id: int
    current: Known | None


def waiting(project_ids: Collection[int]) -> list[Waiting]:
    """What was resolved in the next release of projects, from the index of what waits; one query."""
    found = rows(
        "SELECT issue.id, issue.project_id, fix.current_release, coalesce(current.first_seen, fix.date_added)"  # noqa: S608
        " FROM store_resolution AS fix JOIN store_issue AS issue ON issue.id = fix.issue_id"
        " LEFT JOIN store_release AS current"
        " ON current.project_id = issue.project_id AND current.version = fix.current_release"
        f" WHERE fix.is_pending AND fix.kind = 'in_next_release' AND issue.project_id {in_ids()}",
        [ids_given(project_ids)],
    )
    return [Waiting(row[0], row[1], Known(row[2], aware(row[3])) if row[2] else None) for row in found]


def next_out_already(issue_ids: Collection[int]) -> dict[int, str]:
    """By issue, the first release of its project that was heard of after the one it was last seen in; one query."""
    found = rows(
        "SELECT issue.id, (SELECT later.version FROM store_release AS later"  # noqa: S608
        " WHERE later.project_id = issue.project_id AND later.first_seen > last.first_seen"
        " ORDER BY later.first_seen, later.id LIMIT 1)"
        " FROM store_issue AS issue JOIN store_release AS last"
        " ON last.project_id = issue.project_id AND last.version = issue.last_release"
        f" WHERE issue.id {in_ids()}",
        [ids_given(issue_ids)],
    )
    return {issue_id: version for issue_id, version in found if version}


def _fixed(
    project: int, row: tuple[int, str, bool, str, str, datetime], seen: dict[tuple[int, str], datetime]
) -> Fixed:
    _, kind, is_pending, release, current, added = row

    def known(version: str) -> Known | None:
        # A release that was to come when the issue was resolved is no older than that.
        return Known(version, seen.get((project, version), aware(added))) if version else None

    return Fixed(Kind(kind), known(release), known(current), bool(is_pending))


def _first_seen(pairs: Collection[tuple[int, str]]) -> dict[tuple[int, str], datetime]:
    if not pairs:
        return {}
    projects, versions = {project for project, _ in pairs}, {version for _, version in pairs}
    found = rows(
        "SELECT project_id, version, first_seen FROM store_release"  # noqa: S608 — placeholders only
        f" WHERE project_id IN {values(len(projects), 1)} AND version IN {values(len(versions), 1)}",
        [*projects, *versions],
    )
    return {(project, version): aware(first_seen) for project, version, first_seen in found}

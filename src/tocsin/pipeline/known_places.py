"""What a batch's open rules need to know beyond an issue's counts: sessions, releases, where an issue was seen."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from tocsin.core import places
from tocsin.core.environments import Environments
from tocsin.core.facts import ADOPTED_RELEASES, LATEST_RELEASE, RELEASE, SEEN_ELSEWHERE, SESSIONS, Facts, Need
from tocsin.core.releases import Known
from tocsin.store.queries import counts


class Places:
    """Gathered for the events that are asked about; at most four statements."""

    def __init__(self, facts: Sequence[Facts], needs: Collection[Need], now: datetime) -> None:
        names = {need.name for need in needs}
        projects = {one.issue.project_id for one in facts}
        first = min((one.now for one in facts), default=now)
        longest = max((need.window for need in needs if need.name == SESSIONS), default=0)
        self._sessions = _sessions(projects, int(first.timestamp()) - longest) if longest else {}
        self._shares = _shares(projects, now - places.ADOPTED_WITHIN) if ADOPTED_RELEASES in names else {}
        self._releases: dict[int, list[tuple[str, Known]]] = {}
        if names & {LATEST_RELEASE, ADOPTED_RELEASES, RELEASE.name}:
            named = {one.event.release for one in facts if one.event.release}
            named |= {release for shares in self._shares.values() for release in shares}
            self._releases = _releases(projects, named, first)
        issues = {one.issue.id for one in facts} if SEEN_ELSEWHERE in needs else set()
        self._seen = _seen(issues, now)

    def value(self, need: Need, where: Environments, facts: Facts) -> object:
        """What a rule needs to know of an event's project."""
        project = facts.issue.project_id
        releases = self._releases.get(project, ())
        match need.name:
            case name if name == SESSIONS:
                return self._sessions[project].begun(need.window, facts.now, where)
            case name if name == LATEST_RELEASE:
                return places.newest(releases, where, facts.now)
            case name if name == RELEASE.name:
                return places.of_version(releases, facts.event.release, facts.now)
            case name if name == ADOPTED_RELEASES:
                return places.adopted(releases, need.detail, self._shares.get((project, need.detail), {}))
            case other:
                raise LookupError(f"There is no way to learn of {other!r}.")

    def seen_before(self, issue_id: int) -> frozenset[str]:
        """The environments that an issue had been seen in before the batch."""
        return self._seen.get(issue_id, frozenset())


def _sessions(projects: Collection[int], since: int) -> dict[int, places.Sessions]:
    found: dict[int, list[tuple[int, str, int]]] = {project: [] for project in projects}
    for project, minute, environment, count in counts.sessions(projects, since // 60):
        found[project].append((minute, environment, int(count)))
    return {project: places.Sessions(listed) for project, listed in found.items()}


def _shares(projects: Collection[int], since: datetime) -> dict[tuple[int, str], dict[str, int]]:
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for project, environment, release, count in counts.sessions_by_release(projects, int(since.timestamp()) // 60):
        if release:
            found[project, environment][release] = int(count)
    return found


def _releases(
    projects: Collection[int], named: Collection[str], since: datetime
) -> dict[int, list[tuple[str, Known]]]:
    found: dict[int, list[tuple[str, Known]]] = defaultdict(list)
    for project, environment, version, at in counts.releases(projects, named, since):
        found[project].append((environment, Known(version, at)))
    return found


def _seen(issues: Collection[int], now: datetime) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for issue, environment, since in counts.seen_in(issues) if issues else ():
        if since < now:  # what the batch saw first has its time
            found[issue].add(environment)
    return {issue: frozenset(names) for issue, names in found.items()}

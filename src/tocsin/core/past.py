"""What is known of the past of a project, in the order in which it came: what a backtest is played from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tocsin.core import places
from tocsin.core.environments import Environments
from tocsin.core.event import Event
from tocsin.core.facts import ADOPTED_RELEASES, LATEST_RELEASE, RELEASE, SESSIONS, Facts, Need
from tocsin.core.issue import Issue, Priority, Status, Substatus
from tocsin.core.releases import Known

NOTHING: frozenset[str] = frozenset()


class Came(NamedTuple):
    """An event as it was received. `second` is its own time, in seconds since 1970.

    One that was counted and not kept has a stand-in: `event` is then the one kept most lately before it, `user`
    who it was, as far as that was counted ("" for nobody); None reads it from the event. `happened` are the names
    of what became true with it (is_regression …); one that does not count is there for that alone.
    """

    at: datetime
    issue_id: int
    event: Event
    second: int
    is_kept: bool = True
    user: str | None = None
    happened: frozenset[str] = NOTHING
    counts: bool = True


class Changed(NamedTuple):
    """Something that was done to an issue; `changes` are its columns, `activity` the name on its timeline."""

    at: datetime
    issue_id: int
    changes: Mapping[str, Any]
    activity: str = ""


Moment = Came | Changed


@dataclass(slots=True)
class PastIssue:
    """An issue as it stood when the past begins, and then as each moment leaves it.

    `times_seen` is how often it had happened before; `first_seen` None for one that is yet to happen.
    """

    id: int
    project_id: int
    short_id: str
    title: str
    culprit: str
    level: str
    priority: Priority
    first_seen: datetime | None
    status: Status = Status.UNRESOLVED
    substatus: Substatus = Substatus.ONGOING
    times_seen: int = 0
    users_seen: int = 0
    assignee_user_id: int | None = None
    assignee_team_id: int | None = None
    seen_in: set[str] = field(default_factory=set)
    latest: Event | None = None
    is_guessed: bool = False  # a stand-in has had a part in it

    def change(self, changed: Changed) -> None:
        for name, value in changed.changes.items():
            setattr(self, name, value)

    def saw(self, came: Came) -> None:
        """The event counted."""
        self.times_seen += 1
        if came.is_kept or self.latest is None:
            self.keep(came.event)
        if came.is_kept:
            at = datetime.fromtimestamp(came.event.timestamp, UTC)
            self.first_seen = at if self.first_seen is None else min(self.first_seen, at)

    def keep(self, event: Event) -> None:
        """The event is kept: the latest, by the events' own time, is the one that activities speak of."""
        if self.latest is None or event.timestamp >= self.latest.timestamp:
            self.latest = event

    def as_issue(self, now: datetime) -> Issue:
        return Issue(
            self.id,
            self.project_id,
            self.short_id,
            self.title,
            self.culprit,
            self.level,
            self.status,
            self.substatus,
            self.priority,
            self.first_seen or now,
            now,
            self.times_seen,
            self.users_seen,
            self.assignee_user_id,
            self.assignee_team_id,
        )


class PastPlaces:
    """The sessions and releases of a project; each question is answered as of a moment.

    `sessions` are (minute, environment, release, count). What a question costs does not grow with them, only with
    the releases that an environment's sessions name.
    """

    def __init__(self, sessions: Sequence[tuple[int, str, str, int]] = (), releases: places.Releases = ()) -> None:
        self._sessions = places.Sessions([(minute, name, count) for minute, name, _, count in sessions])
        self._releases = releases
        self._of_version: dict[str, list[tuple[str, Known]]] = {}
        for name, one in releases:
            self._of_version.setdefault(one.version, []).append((name, one))
        self._by_release = _by_release(sessions)

    def value(self, need: Need, where: Environments, facts: Facts) -> Any:
        """What a rule needs to know of the project. Raises LookupError for a need that nobody knows of."""
        match need.name:
            case name if name == SESSIONS:
                return self._sessions.begun(need.window, facts.now, where)
            case name if name == LATEST_RELEASE:
                return places.newest(self._releases, where, facts.now)
            case name if name == RELEASE.name:
                version = facts.event.release
                return places.of_version(self._of_version.get(version, ()), version, facts.now)
            case name if name == ADOPTED_RELEASES:
                return self._adopted(need.detail, facts.now)
            case other:
                raise LookupError(f"There is no way to learn of {other!r}.")

    def _adopted(self, environment: str, now: datetime) -> list[Known]:
        last, first = (int(at.timestamp()) // 60 for at in (now, now - places.ADOPTED_WITHIN))
        shares = {
            release: count
            for release, sums in self._by_release.get(environment, {}).items()
            if (count := sums.between(first, last))
        }
        known = (pair for release in shares for pair in self._of_version.get(release, ()))
        return places.adopted([pair for pair in known if pair[1].first_seen <= now], environment, shares)


def _by_release(sessions: Sequence[tuple[int, str, str, int]]) -> Mapping[str, Mapping[str, places.Sums]]:
    """By environment and version; sessions that name no version are nobody's share."""
    found: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for minute, name, release, count in sessions:
        if release:
            found.setdefault(name, {}).setdefault(release, []).append((minute, count))
    return {name: {release: places.Sums(one) for release, one in of.items()} for name, of in found.items()}

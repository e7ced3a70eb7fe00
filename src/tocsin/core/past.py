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
        self.latest = came.event
        if came.is_kept:
            at = datetime.fromtimestamp(came.event.timestamp, UTC)
            self.first_seen = at if self.first_seen is None else min(self.first_seen, at)

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

    `sessions` are (minute, environment, release, count) in the order of their minutes.
    """

    def __init__(self, sessions: Sequence[tuple[int, str, str, int]] = (), releases: places.Releases = ()) -> None:
        self._sessions, self._releases = sessions, releases
        self._shares: tuple[int, str, dict[str, int]] = (-1, "", {})

    def value(self, need: Need, where: Environments, facts: Facts) -> Any:
        """What a rule needs to know of the project. Raises LookupError for a need that nobody knows of."""
        match need.name:
            case name if name == SESSIONS:
                counts = ((minute, environment, count) for minute, environment, _, count in self._sessions)
                return places.sessions(counts, need.window, facts.now, where)
            case name if name == LATEST_RELEASE:
                return places.newest(self._releases, where, facts.now)
            case name if name == RELEASE.name:
                return places.of_version(self._releases, facts.event.release, facts.now)
            case name if name == ADOPTED_RELEASES:
                then = [(name, one) for name, one in self._releases if one.first_seen <= facts.now]
                return places.adopted(then, need.detail, self._of_a_day(need.detail, facts.now))
            case other:
                raise LookupError(f"There is no way to learn of {other!r}.")

    def _of_a_day(self, environment: str, now: datetime) -> dict[str, int]:
        last = int(now.timestamp()) // 60
        if self._shares[:2] != (last, environment):
            first = int((now - places.ADOPTED_WITHIN).timestamp()) // 60
            found: dict[str, int] = {}
            for minute, name, release, count in self._sessions:
                if first <= minute <= last and name == environment and release:
                    found[release] = found.get(release, 0) + count
            self._shares = (last, environment, found)
        return self._shares[2]

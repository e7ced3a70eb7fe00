"""What a condition may look at: a snapshot taken when the decision is taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from tocsin.core.environments import EVERYWHERE, Environments
from tocsin.core.event import Event
from tocsin.core.issue import Issue


class Need(NamedTuple):
    """A fact that has to be fetched, named as data, so that a batch's needs become a few set-based queries.

    `name` is one of the constants below; `window` is in seconds and ends `before` seconds ago. A tag's name, or
    what else the fact is about, stands in `detail`.
    """

    name: str
    window: int = 0
    before: int = 0
    detail: str = ""


EVENTS = "events"  # of the issue
USERS = "users"  # distinct ones of the issue
MATCHING_USERS = "matching_users"  # distinct ones of those events of the issue that pass the rule's filters
TAGGED = "tagged"  # events of the issue with the same value of the tag in `detail`; of several values, the most
SESSIONS = "sessions"  # begun in the project
LATEST_RELEASE = "latest_release"  # the project's newest version, "" for none
ADOPTED_RELEASES = "adopted_releases"  # core.releases.Known of the environment in `detail`, newest first
RELEASE = Need("release")  # core.releases.Known of the event's own, None for none
SEEN_ELSEWHERE = Need("seen_elsewhere")  # in how many watched environments the issue had been before


class Asked(NamedTuple):
    """A need as one rule has it: in the environments that it watches, of the events that its filters let pass."""

    need: Need
    where: Environments = EVERYWHERE
    filters: str = ""


class UnknownFactError(LookupError):
    """A fact that nobody has fetched: the condition can be answered neither with yes nor with no."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One event, its issue as it was after the event was counted, and what changed with it.

    `activity` is the type of a happening that no event brought ("assigned", "set_resolved" …); the event is then
    the issue's latest one. `where` and `filters` are those of the rule that asks.
    """

    event: Event
    issue: Issue
    now: datetime
    is_new: bool = False
    is_regression: bool = False
    is_new_environment: bool = False
    has_escalated: bool = False
    activity: str = ""
    values: Mapping[Asked, Any] = field(default_factory=dict)
    where: Environments = EVERYWHERE
    filters: str = ""

    def value(self, need: Need) -> Any:
        """What was fetched for a need. Raises UnknownFactError when nothing was."""
        asked = Asked(need, self.where, self.filters if need.name == MATCHING_USERS else "")
        try:
            return self.values[asked]
        except KeyError:
            raise UnknownFactError(f"{need.name} is not known") from None

    def seen_by(self, where: Environments, filters: str) -> "Facts":
        """The facts for a rule that watches some environments: new there is new, however old elsewhere.

        Raises UnknownFactError where it takes a look at the others to tell.
        """
        facts = (
            self if (where, filters) == (self.where, self.filters) else replace(self, where=where, filters=filters)
        )
        if self.is_new or not self.is_new_environment or where == EVERYWHERE:
            return facts
        if where.is_one or not facts.value(SEEN_ELSEWHERE):
            return replace(facts, is_new=True)
        return facts

"""Who is there: the people and teams of one organization, and what they chose, as a decision sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Account:
    """What a person or a team is called in an outside service: a Slack user, a channel, a mailing list.

    `integration_id` is the connection that it is known through, None for services that need none.
    """

    provider: str
    external_id: str
    name: str = ""
    integration_id: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A member. `active` is false for switched-off accounts and invitations not yet accepted.

    `accounts` are those that they linked; `project_emails` where the mail of single projects goes.
    """

    id: int
    name: str
    email: str
    active: bool = True
    last_active: datetime | None = None
    accounts: tuple[Account, ...] = ()
    hears_own_activity: bool = False
    project_emails: Mapping[int, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        return f"user:{self.id}"

    def within(self, project_id: int) -> "Person":
        """The person as a project's mail reaches them."""
        email = self.project_emails.get(project_id)
        return replace(self, email=email) if email else self


@dataclass(frozen=True, slots=True)
class Team:
    """`accounts` are channels and mailing lists of its own; without any, its members are told in its place."""

    id: int
    slug: str
    members: tuple[int, ...] = ()
    accounts: tuple[Account, ...] = ()

    @property
    def subject(self) -> str:
        return f"team:{self.id}"


class Scope(StrEnum):
    """Where a preference holds; a later one in this list wins."""

    USER = "user"
    TEAM = "team"
    ORGANIZATION = "organization"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Preference:
    """A person's choice (a team's: `user_id` is 0). With `provider` it switches one service on or off, without it
    the type itself."""

    id: int
    user_id: int
    scope: Scope
    scope_id: int
    type: str
    value: str
    provider: str = ""


@dataclass(frozen=True, slots=True)
class OrganizationDefault:
    """What holds in an organization for those who made no choice."""

    id: int
    type: str
    value: str
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """An integration as a decision sees it: no credentials."""

    id: int
    provider: str
    name: str
    broken: str = ""


@dataclass(frozen=True)
class Directory:
    """A snapshot of one organization: read once for a batch, by a number of queries that does not grow."""

    organization_id: int
    people: Mapping[int, Person] = field(default_factory=dict)
    teams: Mapping[int, Team] = field(default_factory=dict)
    project_teams: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    preferences: Mapping[int, tuple[Preference, ...]] = field(default_factory=dict)  # by user
    connections: Mapping[int, Connection] = field(default_factory=dict)
    team_preferences: Mapping[int, tuple[Preference, ...]] = field(default_factory=dict)  # by team
    defaults: tuple[OrganizationDefault, ...] = ()

    # Worked out once for a snapshot: it is shared by all decisions until somebody changes the organization.
    @cached_property
    def _members(self) -> dict[int, frozenset[int]]:
        return {
            project_id: frozenset(
                member
                for team_id in team_ids
                if team_id in self.teams
                for member in self.teams[team_id].members
                if member in self.people
            )
            for project_id, team_ids in self.project_teams.items()
        }

    def is_member(self, user_id: int, project_id: int) -> bool:
        """Whether somebody is on a team of the project; costs nothing, however many are."""
        return user_id in self._members.get(project_id, ())

    def members_of(self, project_id: int) -> tuple[Person, ...]:
        """The people of a project's teams, each once, by id."""
        return tuple(self.people[user_id] for user_id in sorted(self._members.get(project_id, ())))

    @cached_property
    def _choosers(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, dict[int, None]] = {}
        for user_id, choices in self.preferences.items():
            for choice in choices:
                if not choice.provider:
                    found.setdefault(choice.type, {})[user_id] = None
        return {type_: tuple(people) for type_, people in found.items()}

    def chose_about(self, type_: str) -> tuple[int, ...]:
        """Those who chose anything about a type: whoever hears of it unasked is among them (or the default is)."""
        return self._choosers.get(type_, ())

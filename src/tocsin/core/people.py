"""Who is there: the people and teams of one organization, and what they chose, as a decision sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Person:
    """A member. `active` is false for switched-off accounts and invitations not yet accepted."""

    id: int
    name: str
    email: str
    active: bool = True
    last_active: datetime | None = None

    @property
    def subject(self) -> str:
        return f"user:{self.id}"


@dataclass(frozen=True, slots=True)
class Team:
    id: int
    slug: str
    members: tuple[int, ...] = ()

    @property
    def subject(self) -> str:
        return f"team:{self.id}"


class Scope(StrEnum):
    """Where a preference holds; a later one in this list wins."""

    USER = "user"
    ORGANIZATION = "organization"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Preference:
    """A person's choice. With `provider` it switches one service on or off, without it the type itself."""

    id: int
    user_id: int
    scope: Scope
    scope_id: int
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


@dataclass(frozen=True, slots=True)
class Directory:
    """A snapshot of one organization: read once for a batch, by a number of queries that does not grow."""

    organization_id: int
    people: Mapping[int, Person] = field(default_factory=dict)
    teams: Mapping[int, Team] = field(default_factory=dict)
    project_teams: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    preferences: Mapping[int, tuple[Preference, ...]] = field(default_factory=dict)  # by user
    connections: Mapping[int, Connection] = field(default_factory=dict)

    def members_of(self, project_id: int) -> tuple[Person, ...]:
        """The people of a project's teams, each once, by id."""
        ids = {
            member
            for team_id in self.project_teams.get(project_id, ())
            if team_id in self.teams
            for member in self.teams[team_id].members
        }
        return tuple(self.people[user_id] for user_id in sorted(ids) if user_id in self.people)

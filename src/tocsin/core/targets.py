"""Whom the target of a rule's action stands for: a member, a team, the issue's owners, or who stands in for them.

Behaviour §3.3 and §3.4. Who they then want to hear it from is core.route's business.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tocsin.core.people import Directory, Person, Team
from tocsin.core.reasons import Reason, Step, Verdict

ACTIVE_MEMBERS_LIMIT = 20

Found = tuple[Person | Team, Reason]


class PeopleOptions(Protocol):
    """The options of an action that tells people, named as on the wire."""

    targetType: str  # noqa: N815
    targetIdentifier: str  # noqa: N815
    fallthroughType: str  # noqa: N815


@dataclass(frozen=True, slots=True)
class Occasion:
    """What routing needs to know of the issue: where it belongs, who has it, and who wants to hear no more of it
    (`ended`: person → their subscription's id)."""

    project_id: int
    assignee_user_id: int | None = None
    assignee_team_id: int | None = None
    owner_user_ids: tuple[int, ...] = ()
    owner_team_ids: tuple[int, ...] = ()
    suspect_user_ids: tuple[int, ...] = ()
    ended: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """One line of "then" that tells people, with what it is decided from; each step goes to `trace`.

    `cause` is the row that names the target ("rule:3"), `label` what people call it.
    """

    options: PeopleOptions
    occasion: Occasion
    directory: Directory
    trace: list[Step]
    cause: str
    label: str

    def found(self, tell: Callable[[Team], bool]) -> list[Found]:
        """The people that the target stands for, each once, with the reason that named them first; and the teams
        that `tell` told at a place of their own, as it says for each."""
        if not self._teams():
            self._note(self.cause, self.label, Verdict.REMOVED, Reason.NO_TEAM_ON_PROJECT)
            return []
        identifier = self.options.targetIdentifier
        match self.options.targetType:
            case "Member":
                found = list(self._member(row_id(identifier), Reason.TARGET_MEMBER, f"member {identifier}"))
            case "Team":
                found = list(self._team(row_id(identifier), Reason.TARGET_TEAM, f"team {identifier}", tell))
            case _:
                found = list(self._owners(tell))
                # An issue assigned to someone who left is owned by nobody who could hear of it.
                if not any(isinstance(one, Team) or one.active for one, _ in found):
                    found += self._fallthrough()
        first: dict[str, Found] = {}
        for one, reason in found:
            first.setdefault(one.subject, (one, reason))
        return list(first.values())

    def _note(self, subject: str, label: str, verdict: Verdict, reason: Reason, cause: str = "") -> None:
        self.trace.append(Step(subject, label, verdict, reason, cause or self.cause))

    def _teams(self) -> tuple[int, ...]:
        return self.directory.project_teams.get(self.occasion.project_id, ())

    def _member(self, user_id: int, reason: Reason, unknown: str) -> Iterator[Found]:
        """The person, if they are a member of a team of the project."""
        person = self.directory.people.get(user_id)
        if person is not None and self.directory.is_member(user_id, self.occasion.project_id):
            self._note(person.subject, person.name, Verdict.ADDED, reason)
            yield person, reason
            return
        label = person.name if person else unknown
        self._note(f"user:{user_id}", label, Verdict.REMOVED, Reason.NOT_A_MEMBER)

    def _team(self, team_id: int, reason: Reason, unknown: str, tell: Callable[[Team], bool]) -> Iterator[Found]:
        """A team of the project, if it has a place of its own that it allows; else its members in its place."""
        team = self.directory.teams.get(team_id)
        if team is None or team.id not in self._teams():
            label = f"#{team.slug}" if team else unknown
            self._note(f"team:{team_id}", label, Verdict.REMOVED, Reason.TEAM_NOT_ON_PROJECT)
            return
        label = f"#{team.slug}"
        self._note(team.subject, label, Verdict.ADDED, reason)
        if tell(team):
            yield team, reason
            return
        self._note(team.subject, label, Verdict.MOVED, Reason.TEAM_EXPANDED, team.subject)
        for user_id in team.members:
            if person := self.directory.people.get(user_id):
                self._note(person.subject, person.name, Verdict.ADDED, reason, team.subject)
                yield person, reason

    def _owners(self, tell: Callable[[Team], bool]) -> Iterator[Found]:
        """Owners, then the assignee, then who changed the code last; users and teams are told apart by more than
        their number."""
        occasion = self.occasion
        users = [(user_id, Reason.ISSUE_OWNER) for user_id in occasion.owner_user_ids]
        teams = [(team_id, Reason.ISSUE_OWNER) for team_id in occasion.owner_team_ids]
        users += [(occasion.assignee_user_id, Reason.ASSIGNEE)] if occasion.assignee_user_id else []
        users += [(user_id, Reason.SUSPECT_COMMIT) for user_id in occasion.suspect_user_ids]
        teams += [(occasion.assignee_team_id, Reason.ASSIGNEE)] if occasion.assignee_team_id else []
        for user_id, reason in users:
            yield from self._member(user_id, reason, f"member {user_id}")
        for team_id, reason in teams:
            yield from self._team(team_id, reason, f"team {team_id}", tell)

    def _fallthrough(self) -> Iterator[Found]:
        """Whom to tell when nobody owns the issue."""
        members = [person for person in self.directory.members_of(self.occasion.project_id) if person.active]
        match self.options.fallthroughType:
            case "AllMembers":
                reason = Reason.FALLTHROUGH_ALL
            case "ActiveMembers":
                reason = Reason.FALLTHROUGH_ACTIVE
                members.sort(key=_last_active, reverse=True)
                members = members[:ACTIVE_MEMBERS_LIMIT]
            case _:
                self._note("owners", "Issue owners", Verdict.REMOVED, Reason.FALLTHROUGH_NOBODY)
                return
        for person in members:
            self._note(person.subject, person.name, Verdict.ADDED, reason)
            yield person, reason


def row_id(text: object) -> int:
    """The id that a rule's option names; 0, which no row has, for what is no id."""
    digits = str(text)
    return int(digits) if digits.isdecimal() and len(digits) < 20 else 0


def _last_active(person: Person) -> float:
    return person.last_active.timestamp() if person.last_active else 0.0

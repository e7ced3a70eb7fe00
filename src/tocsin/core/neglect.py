"""Which alert rules have long not fired and are to be switched off, of which somebody hears twice before (behaviour
§5.1). All periods are here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.core.follow import APPROVAL, WHY_DECIDE
from tocsin.core.people import Directory, Person
from tocsin.core.plan import Hearing, Plan, Routed, Services, tell_person, tell_team
from tocsin.core.reasons import Reason, Verdict

# So long a rule has neither fired nor been changed before anything is said. A quarter of a year.
SILENT = timedelta(days=90)
# The first word comes so long before a rule is switched off, the last one so long: nobody is away for all of it.
FIRST_WORD = timedelta(weeks=4)
LAST_WORD = timedelta(weeks=1)
# A project without an event for so long is quiet itself: its rules had nothing to fire for.
ALIVE = timedelta(weeks=4)


class Stage(StrEnum):
    """What comes next for a rule: the first word, the last one, the end, or (it fired after all) that all of that
    is forgotten."""

    FIRST = "first"
    LAST = "last"
    OFF = "off"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Notice:
    """What was said of a rule, and when; it is switched off at `off_at`. `opted_out`: it is kept all the same."""

    off_at: datetime | None = None
    first_said: datetime | None = None
    last_said: datetime | None = None
    opted_out: bool = False

    def holds(self, fired: datetime | None) -> bool:
        """Whether it still is so: a rule that fired since is forgotten at the next look, and by readers at once."""
        said = self.first_said is not None and not self.opted_out
        return said and (fired is None or self.first_said is None or fired <= self.first_said)


@dataclass(frozen=True, slots=True)
class Watched:
    """An active rule: when it was made, changed or switched on, when it last fired, when a snooze for everyone last
    ended, and when an event last came to a project that it watches.

    `is_default`: it is what each project begins with.
    """

    id: int
    changed: datetime
    fired: datetime | None = None
    woken: datetime | None = None
    heard: datetime | None = None
    is_snoozed: bool = False
    is_default: bool = False
    notice: Notice | None = None

    @property
    def silent_since(self) -> datetime:
        return max(one for one in (self.changed, self.fired, self.woken) if one)


@dataclass(frozen=True, slots=True)
class Step:
    rule_id: int
    stage: Stage
    off_at: datetime


def decide(rules: Iterable[Watched], now: datetime) -> tuple[Step, ...]:
    """What comes next, for each rule for which something does."""
    return tuple(step for rule in rules if (step := _next(rule, now)))


def is_neglected(rule: Watched, now: datetime) -> bool:
    """Whether a rule is silent although there was something to speak of.

    The rule that each project begins with never is: it stands for the failure that nobody foresaw. Of one that is
    snoozed for everyone somebody has decided, and its silence counts from the end of that.
    """
    if rule.is_default or rule.is_snoozed or rule.heard is None:
        return False
    return now - rule.silent_since >= SILENT and now - rule.heard <= ALIVE


def _next(rule: Watched, now: datetime) -> Step | None:
    notice = rule.notice
    if notice and notice.opted_out:
        return None
    if not is_neglected(rule, now):
        return Step(rule.id, Stage.FORGOTTEN, now) if notice else None
    if notice is None or notice.off_at is None:
        return Step(rule.id, Stage.FIRST, now + FIRST_WORD)
    if notice.last_said is None:
        # However late the clock is: a week lies between the last word and the end.
        is_due = now >= notice.off_at - LAST_WORD
        return Step(rule.id, Stage.LAST, max(notice.off_at, now + LAST_WORD)) if is_due else None
    return Step(rule.id, Stage.OFF, notice.off_at) if now >= notice.off_at else None


WHY_OWNER = "an alert rule of yours does not fire"
WHY_TEAM = "an alert rule of your team does not fire"


@dataclass(frozen=True, slots=True)
class Owned:
    """Rules of one owner (a person, a team, or neither) and one project, 0 for those of all projects. `managers`
    are the members who may change all rules of the organization."""

    project_id: int
    user_id: int | None
    team_id: int | None
    managers: tuple[int, ...]
    label: str
    cause: str


def tell(owned: Owned, directory: Directory, services: Services) -> Routed:
    """The rules' owner hears; where there is none, or nothing reaches them, those of the project's teams who may
    change all rules; where there are none, all who may."""
    plan = Plan(owned.project_id, directory, services)
    plan.note(owned.cause, owned.label, Verdict.ADDED, Reason.RULE_SILENT, owned.cause)
    hearing = Hearing(APPROVAL, owned.cause)
    _tell_owner(plan, owned, hearing)
    _tell_team(plan, owned, hearing)
    if not reaches_somebody(plan.outcome()):
        for person in _deciders(owned, directory):
            plan.note(person.subject, person.name, Verdict.ADDED, Reason.MAY_DECIDE, owned.cause)
            tell_person(plan, person, WHY_DECIDE, hearing)
    return plan.outcome()


def reaches_somebody(routed: Routed) -> bool:
    """Whether anybody is written to: what nobody is told of is not done."""
    return any(one.suppressed is None for one in routed.planned)


def _tell_owner(plan: Plan, owned: Owned, hearing: Hearing) -> None:
    if person := plan.directory.people.get(owned.user_id or 0):
        plan.note(person.subject, person.name, Verdict.ADDED, Reason.OWNS_RULE, owned.cause)
        tell_person(plan, person, WHY_OWNER, hearing)


def _tell_team(plan: Plan, owned: Owned, hearing: Hearing) -> None:
    team = plan.directory.teams.get(owned.team_id or 0)
    if team is None:
        return
    plan.note(team.subject, f"#{team.slug}", Verdict.ADDED, Reason.OWNS_RULE, owned.cause)
    if tell_team(plan, team, WHY_TEAM, hearing):
        return
    plan.note(team.subject, f"#{team.slug}", Verdict.MOVED, Reason.TEAM_EXPANDED, team.subject)
    for person in _active(plan.directory, team.members):
        tell_person(plan, person, WHY_TEAM, hearing)


def _deciders(owned: Owned, directory: Directory) -> list[Person]:
    managers = _active(directory, owned.managers)
    return [one for one in managers if directory.is_member(one.id, owned.project_id)] or managers


def _active(directory: Directory, user_ids: Iterable[int]) -> list[Person]:
    found = (directory.people.get(one) for one in user_ids)
    return [one for one in found if one and one.active]

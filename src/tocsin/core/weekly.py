"""Weekly reports: which week is to be reported, and who is sent what of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tocsin.core.people import Directory, Person
from tocsin.core.plan import Hearing, Plan, Routed, Services, tell_person
from tocsin.core.reasons import Reason, Verdict

TYPE = "reports"
WHY = "you are in these projects"
# After midnight, so that Sunday's last events are counted; early, so that the week begins with it.
HOUR = timedelta(hours=4)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, UTC."""

    monday: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.monday, time(), UTC)

    @property
    def end(self) -> datetime:
        """When it is over: the next Monday's midnight."""
        return self.start + _WEEK

    @property
    def before(self) -> "Week":
        return Week(self.monday - _WEEK)


def to_report(now: datetime) -> Week:
    """The last week that is over and due, however late it is; the next one is due on Monday at four, UTC."""
    today = (now.astimezone(UTC) - HOUR).date()
    return Week(today - timedelta(days=today.weekday())).before


@dataclass(frozen=True, slots=True)
class Counts:
    """A project's week: events accepted in it and in the week `before`, issues opened, come back and resolved."""

    events: int = 0
    before: int = 0
    opened: int = 0
    regressed: int = 0
    resolved: int = 0

    @property
    def is_quiet(self) -> bool:
        return self == Counts()


@dataclass(frozen=True, slots=True)
class Reported:
    """One person's report: of which projects, busiest first (none: nothing is sent), and how it goes to them."""

    person: Person
    project_ids: tuple[int, ...]
    routed: Routed


def report(
    directory: Directory, services: Services, counts: Mapping[int, Counts], cause: str
) -> Iterator[Reported]:
    """The report of each active member, of their own projects alone; who gets none is there with the reason.

    `cause` is the row that the reports are sent for.
    """
    projects: dict[int, list[int]] = defaultdict(list)
    for project_id in directory.project_teams:
        for person in directory.members_of(project_id):
            projects[person.id].append(project_id)
    for person in sorted(directory.people.values(), key=lambda one: one.id):
        if person.active:
            yield _of(person, projects[person.id], counts, Plan(0, directory, services), cause)


def _of(person: Person, mine: Sequence[int], counts: Mapping[int, Counts], plan: Plan, cause: str) -> Reported:
    plan.note(cause, "Weekly report", Verdict.ADDED, Reason.WEEK_OVER, cause)
    busy = [one for one in mine if one in counts and not counts[one].is_quiet]
    if busy:
        plan.note(person.subject, person.name, Verdict.ADDED, Reason.IN_PROJECTS, cause)
        tell_person(plan, person, WHY, Hearing(TYPE, cause))
    else:
        reason = Reason.QUIET_WEEK if mine else Reason.NO_PROJECT
        plan.note(person.subject, person.name, Verdict.REMOVED, reason, cause)
    return Reported(person, tuple(sorted(busy, key=lambda one: (-counts[one].events, one))), plan.outcome())

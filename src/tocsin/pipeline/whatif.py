"""What if: who would hear, where and why, before it happens. The same functions as live, and nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.core.event import Event
from tocsin.core.follow import reassigned
from tocsin.core.issue import Happening
from tocsin.core.plan import Routed
from tocsin.core.route import route
from tocsin.core.targets import Occasion
from tocsin.formats.event import UnreadableError, parse
from tocsin.pipeline import clock
from tocsin.pipeline.assignment import NOBODY, Assignee, owner_of
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.compiled import rules_of
from tocsin.pipeline.happen import decide
from tocsin.pipeline.happened import Happened
from tocsin.pipeline.owning import Owners
from tocsin.pipeline.reach import services_of
from tocsin.store.queries import directory, events, news, ownership, projects, unsubscribe
from tocsin.store.queries import issues_digest as issues
from tocsin.store.queries.owners import suspects as suspects_of
from tocsin.store.queries.projects import ProjectFacts


class NothingThereError(LookupError):
    """The issue or project that was asked about is not there."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """What would come of it, by the rule that would fire ("" for what no rule is about)."""

    what: str
    routed: Routed


def if_assigned(*, organization_id: int, issue_id: int, to: Assignee, actor_id: int | None) -> Supposed:
    """Who would hear if an issue were given to somebody now, by `actor_id`.

    Raises NothingThereError, and InvalidCommandError for somebody who cannot have it.
    """
    issue = news.issues([issue_id]).get(issue_id)
    if issue is None or issue.organization_id != organization_id:
        raise NothingThereError("There is no such issue in this organization.")
    if to != NOBODY:
        owner_of(to, {issue.project_id})
    here = directory.of(issue.organization_id, issue.organization_version)
    team = here.teams.get(to.team_id or 0)
    before = news.followers([issue_id]).get(issue_id, [])
    followers = reassigned(before, to.user_id, to.team_id, team.members if team else ())
    happening = Happening.UNASSIGNED if to == NOBODY else Happening.ASSIGNED
    kind = catalogue().kind_of(happening)
    if kind is None:
        raise NothingThereError(f"Nothing is said of {happening.value}.")
    happened = Happened(issue.project_id, issue_id, happening, actor_id)
    places = news.places([issue_id]).get(issue_id, ())
    return Supposed(kind.name, decide("supposed", happened, kind, issue, followers, places))


def if_alerted(*, organization_id: int, project_id: int, issue_id: int | None = None) -> Sequence[Supposed]:
    """Who would hear if each active alert rule of a project fired now, one after the other; about an issue, if one
    is named, with its owners and assignee, and without those who ended it."""
    project = projects.by_id([project_id]).get(project_id)
    if project is None or project.organization_id != organization_id:
        raise NothingThereError("There is no such project in this organization.")
    occasion = Occasion(project_id) if issue_id is None else _about(issue_id, project)
    here = directory.of(organization_id, project.organization_version)
    services = services_of(here)
    rules = rules_of([project])[project_id].rules
    return [Supposed(rule.label, route([rule], occasion, here, services, now=clock.now())) for rule in rules]


def _about(issue_id: int, project: ProjectFacts) -> Occasion:
    """The occasion of an alert about an issue: its owners by its latest event that was kept."""
    issue = issues.by_id([issue_id]).get(issue_id)
    if issue is None or issue.project_id != project.id:
        raise NothingThereError("There is no such issue in this project.")
    owners = Owners(ownership.of([project]), suspects_of([issue_id]))
    return owners.occasion(issue, _latest(issue_id), unsubscribe.ended([issue_id]).get(issue_id, {}))


def _latest(issue_id: int) -> Event:
    """The latest event that was kept; one that says nothing where none is, or none can be read any more."""
    kept = events.pick(issue_id)
    nothing = Event("0" * 32, 0.0)
    if kept is None:
        return nothing
    try:
        return parse(kept.body, event_id=kept.event.event_id, received=0.0)
    except UnreadableError:
        return nothing

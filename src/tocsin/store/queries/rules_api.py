"""A project's alert rules as the API shows them, and all that a new one may name."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from tocsin.core.rule_place import Place, Standing
from tocsin.core.rule_snooze import RuleSnooze
from tocsin.store.models import Environment, Firing, Project, Rule
from tocsin.store.queries import directory, rule_snoozes
from tocsin.store.queries.rules import watching


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule, when it last fired, and who snoozed it."""

    rule: Rule
    last_triggered: datetime | None
    snoozes: tuple[RuleSnooze, ...] = ()


def shown(project_id: int) -> list[Shown]:
    """The project's rules, oldest first; two queries."""
    return _shown(watching(project_id))


def one(project_id: int, rule_id: int) -> Shown | None:
    """The project's rule of this id, or None."""
    return next(iter(_shown(watching(project_id).filter(pk=rule_id))), None)


def of_organization(organization_id: int) -> list[Shown]:
    """The rules of all projects, oldest first; two queries."""
    return _shown(Rule.objects.filter(organization_id=organization_id))


def one_of_organization(organization_id: int, rule_id: int) -> Shown | None:
    """The rule of all projects of this id, or None."""
    return next(iter(_shown(Rule.objects.filter(organization_id=organization_id, pk=rule_id))), None)


def combined(organization_id: int, projects: Collection[str], name: str, start: int, most: int) -> list[Shown]:
    """All rules of an organization, oldest first; of `projects` (slugs or ids) those that watch one of them, if any
    is given; two queries."""
    found = Rule.objects.filter(Q(project__organization=organization_id) | Q(organization=organization_id))
    if projects:
        ids = [int(one) for one in projects if one.isascii() and one.isdigit() and len(one) <= 18]
        theirs = Q(project__slug__in=list(projects)) | Q(project_id__in=ids)
        found = found.filter(theirs | Q(project__isnull=True))
    if name:
        found = found.filter(label__icontains=name)
    return _shown(found.select_related("project"), start, most)


def place(project: Project) -> Place:
    """What a rule of this project may name; eight queries, whatever the organization's size."""
    who = directory.read(project.organization_id)
    teams = frozenset(who.project_teams.get(project.pk, ()))
    environments = Environment.objects.filter(project=project).values_list("name", flat=True)
    return Place(
        environments=frozenset(environments),
        members=frozenset(person.id for person in who.people.values() if person.active),
        teams=frozenset(who.teams),
        project_members=frozenset(person.id for person in who.members_of(project.pk) if person.active),
        project_teams=teams,
        integrations={row.id: row.provider for row in who.connections.values()},
        rules=standing(project.pk),
    )


def standing(project_id: int) -> tuple[Standing, ...]:
    """The active rules that watch the project."""
    found = watching(project_id).filter(status="active").order_by("pk")
    return tuple(Standing(*row) for row in found.values_list("id", "label", "environment", "data"))


def _shown(found: QuerySet[Rule], start: int = 0, most: int | None = None) -> list[Shown]:
    # A sub-select by index: a join and max() would read every firing that a rule ever had.
    last = Firing.objects.filter(rule=OuterRef("pk")).order_by("-date_added").values("date_added")[:1]
    rows = (
        found.select_related("created_by", "health", "neglected")
        .annotate(last_triggered=Subquery(last))
        .order_by("pk")[start : None if most is None else start + most]
    )
    snoozes = rule_snoozes.lasting([rule.pk for rule in rows])
    return [Shown(rule, rule.last_triggered, snoozes.get(rule.pk, ())) for rule in rows]

"""The rules of one project, or those of all projects of an organization, and what they may name."""

from tocsin.core.rule_place import Place, Standing
from tocsin.store.models import Environment, Organization, Project, Rule
from tocsin.store.queries import directory, rules_api


def projects(home: Project | Organization) -> list[int]:
    """The projects that a rule of this home watches."""
    return [home.pk] if isinstance(home, Project) else all_projects(home.pk)


def all_projects(organization_id: int) -> list[int]:
    """All of an organization."""
    found = Project.objects.filter(organization_id=organization_id)
    return list(found.order_by("pk").values_list("pk", flat=True))


def organization_id(home: Project | Organization) -> int:
    """The organization of a home."""
    return home.organization_id if isinstance(home, Project) else home.pk


def own(home: Project | Organization, rule_id: int) -> Rule | None:
    """The home's own rule of this id: a project does not own those of all projects."""
    if isinstance(home, Project):
        return Rule.objects.filter(project=home, pk=rule_id).first()
    return Rule.objects.filter(organization=home, pk=rule_id).first()


def standing(home: Project | Organization) -> tuple[Standing, ...]:
    """The active rules beside which another one would stand."""
    if isinstance(home, Project):
        return rules_api.standing(home.pk)
    found = Rule.objects.filter(organization=home, status="active").order_by("pk")
    return tuple(Standing(*row) for row in found.values_list("id", "label", "environment", "data"))


def place(home: Project | Organization) -> Place:
    """What a rule may name. One of all projects may name every member and team: whom a project does not know is
    not told there, and the trace says so."""
    if isinstance(home, Project):
        return rules_api.place(home)
    who = directory.read(home.pk)
    members = frozenset(person.id for person in who.people.values() if person.active)
    teams = frozenset(who.teams)
    environments = Environment.objects.filter(project__organization=home).values_list("name", flat=True)
    return Place(
        environments=frozenset(environments),
        members=members,
        teams=teams,
        project_members=members,
        project_teams=teams,
        integrations={row.id: row.provider for row in who.connections.values()},
        rules=standing(home),
    )

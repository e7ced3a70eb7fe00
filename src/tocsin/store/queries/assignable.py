"""Who an issue can be given to."""

from dataclasses import dataclass

from tocsin.store.models import Team, User

MOST = 500  # in one list of a form; whoever is not in it is named by address over the API


@dataclass(frozen=True, slots=True)
class Assignable:
    """`value` is as API clients send it."""

    value: str
    name: str


def of_project(project_id: int) -> tuple[list[Assignable], list[Assignable]]:
    """The teams of a project, and their people; two queries."""
    teams = Team.objects.filter(project_teams__project_id=project_id).order_by("slug")
    people = User.objects.filter(
        team_memberships__team__project_teams__project_id=project_id, is_active=True
    ).distinct()
    return (
        [Assignable(f"team:{team}", f"#{slug}") for team, slug in teams.values_list("id", "slug")[:MOST]],
        [
            Assignable(f"user:{user}", name or email)
            for user, name, email in people.order_by("name", "email").values_list("id", "name", "email")[:MOST]
        ],
    )

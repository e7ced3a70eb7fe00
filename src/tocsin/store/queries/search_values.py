"""What an organization has that a search could ask for, as it is typed."""

from django.db.models import QuerySet

from tocsin.store.models import Project, Team, User
from tocsin.store.queries import tags


def values_of(organization_id: int, key: str, said: str, most: int) -> list[str]:
    """Values of a key that contain what was said, by name; at most two queries."""
    match key:
        case "project":
            return _first(
                Project.objects.filter(organization_id=organization_id, slug__icontains=said), "slug", most
            )
        case "assigned":
            return _owners(organization_id, said, most)
        case "has":
            return tags.keys(organization_id, said, most)
        case "firstRelease":
            return tags.values_of(organization_id, "release", said, most)
        case _:
            return tags.values_of(organization_id, key, said, most)


def _owners(organization_id: int, said: str, most: int) -> list[str]:
    teams = Team.objects.filter(organization_id=organization_id, slug__icontains=said.removeprefix("#"))
    people = User.objects.filter(memberships__organization_id=organization_id, email__icontains=said)
    named = [f"#{slug}" for slug in _first(teams, "slug", most)]
    return [*named, *([] if said.startswith("#") else _first(people, "email", most))]


def _first(found: QuerySet[Project] | QuerySet[Team] | QuerySet[User], column: str, most: int) -> list[str]:
    return list(found.order_by(column).values_list(column, flat=True)[:most])

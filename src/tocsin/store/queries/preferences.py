"""What a person chose to hear of, and for which projects they may choose."""

from dataclasses import dataclass

from tocsin.core.people import Preference, Scope
from tocsin.store.models import Membership, Project
from tocsin.store.models import Preference as Row


@dataclass(frozen=True, slots=True)
class Place:
    """A project whose alerts may reach the person; `organization` is its slug."""

    project_id: int
    project: str
    organization_id: int
    organization: str


def chosen(user_id: int, type: str) -> tuple[Preference, ...]:  # noqa: A002 — the product's word
    """A person's rows for one type of notification, in every scope."""
    rows = Row.objects.filter(user_id=user_id, type=type).order_by("pk")
    return tuple(
        Preference(
            id=row.pk,
            user_id=user_id,
            scope=Scope(row.scope),
            scope_id=row.scope_id,
            type=row.type,
            value=row.value,
            provider=row.provider,
        )
        for row in rows
        if row.scope in set(Scope)
    )


def places(user_id: int) -> list[Place]:
    """The projects of the teams that the person is in, by organization and name."""
    found = (
        Project.objects.filter(
            project_teams__team__team_members__user_id=user_id,
            organization__memberships__user_id=user_id,
            organization__memberships__pending=False,
        )
        .select_related("organization")
        .order_by("organization__slug", "slug")
        .distinct()
    )
    return [Place(row.pk, row.name, row.organization_id, row.organization.slug) for row in found]


def may_choose(user_id: int, scope: Scope, scope_id: int) -> bool:
    """Whether a scope is the person's own: themselves, an organization or a project they belong to."""
    match scope:
        case Scope.USER:
            return scope_id == user_id
        case Scope.ORGANIZATION:
            return Membership.objects.filter(organization_id=scope_id, user_id=user_id, pending=False).exists()
        case Scope.PROJECT:
            return any(place.project_id == scope_id for place in places(user_id))
        case Scope.TEAM:
            return False  # a team's choices are not one person's

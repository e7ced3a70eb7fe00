"""What a person, a team or an organization chose to hear of, and for which projects a person may choose."""

from collections.abc import Collection
from dataclasses import dataclass

from tocsin.core.people import OrganizationDefault, Preference, Scope
from tocsin.store.models import Membership, PreferenceDefault, Project, Team, User
from tocsin.store.models import Preference as Row


@dataclass(frozen=True, slots=True)
class Place:
    """A project whose alerts may reach the person; `organization` is its slug."""

    project_id: int
    project: str
    organization_id: int
    organization: str


@dataclass(frozen=True, slots=True)
class TeamPlace:
    """A team of the person's."""

    team_id: int
    name: str
    slug: str
    organization: str

    @property
    def path(self) -> str:
        return f"/{self.organization}/teams/{self.slug}/notifications/"


def of_person(user_id: int) -> tuple[Preference, ...]:
    """All of a person's choices, of every type and in every scope."""
    return _choices(Row.objects.filter(user_id=user_id).order_by("pk"))


def of_team(team_id: int) -> tuple[Preference, ...]:
    return _choices(Row.objects.filter(team_id=team_id).order_by("pk"))


def _choices(rows: Collection[Row]) -> tuple[Preference, ...]:
    return tuple(
        Preference(
            id=row.pk,
            user_id=row.user_id or 0,
            scope=Scope(row.scope),
            scope_id=row.scope_id,
            type=row.type,
            value=row.value,
            provider=row.provider,
        )
        for row in rows
        if row.scope in set(Scope)
    )


def defaults(organization_ids: Collection[int]) -> dict[int, list[OrganizationDefault]]:
    """The defaults of organizations, with an empty list for one that has none; one query."""
    found: dict[int, list[OrganizationDefault]] = {one: [] for one in organization_ids}
    rows = PreferenceDefault.objects.filter(organization_id__in=organization_ids).order_by("id")
    for row in rows:
        found[row.organization_id].append(OrganizationDefault(row.pk, row.type, row.value, row.provider))
    return found


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


def teams(user_id: int) -> list[TeamPlace]:
    """The teams that the person is in, by organization and name."""
    found = (
        Team.objects.filter(
            team_members__user_id=user_id,
            organization__memberships__user_id=user_id,
            organization__memberships__pending=False,
        )
        .select_related("organization")
        .order_by("organization__slug", "slug")
        .distinct()
    )
    return [TeamPlace(row.pk, row.name, row.slug, row.organization.slug) for row in found]


def team(organization_id: int, called: str) -> Team | None:
    """The organization's team of this slug or id."""
    found = Team.objects.filter(organization_id=organization_id).select_related("organization")
    by_slug = found.filter(slug=called).first()
    is_id = called.isascii() and called.isdigit() and len(called) <= 18
    return by_slug or (found.filter(pk=int(called)).first() if is_id else None)


def is_in_team(user_id: int, team_id: int) -> bool:
    return Team.objects.filter(pk=team_id, team_members__user_id=user_id).exists()


def project_emails(user_id: int) -> dict[int, str]:
    """Where the person's mail of single projects goes, by project."""
    rows = User.objects.filter(pk=user_id, project_addresses__isnull=False)
    return dict(rows.values_list("project_addresses__project_id", "project_addresses__email"))


def verified_emails(user_id: int) -> list[str]:
    """The addresses that are known to be the person's: what they sign in with first, then those they proved."""
    main = list(User.objects.filter(pk=user_id).values_list("email", flat=True))
    proved = User.objects.filter(pk=user_id, addresses__verified__isnull=False).order_by("addresses__email")
    return [*main, *proved.values_list("addresses__email", flat=True)]


def organizations(user_id: int) -> list[tuple[int, str, str]]:
    """The person's organizations as (id, slug, name), by name."""
    found = Membership.objects.filter(user_id=user_id, pending=False).order_by("organization__name")
    return list(found.values_list("organization_id", "organization__slug", "organization__name"))

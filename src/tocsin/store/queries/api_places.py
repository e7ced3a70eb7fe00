"""The organizations and projects that an API caller may name, always through the caller's own membership."""

from django.db.models import Prefetch, Q, QuerySet

from tocsin.store.models import Membership, Project, ProjectKey, ProjectTeam


def memberships(user_id: int, organization_id: int | None) -> list[Membership]:
    """The person's organizations, by slug; only the given one for a token that is bound to it."""
    return list(_memberships(user_id, organization_id).order_by("organization__slug"))


def membership(user_id: int, organization_id: int | None, called: str) -> Membership | None:
    """The person's membership in the organization of this slug or id; a pending one does not count."""
    named = Q(organization__slug=called)
    if _is_id(called):
        named |= Q(organization_id=int(called))
    return _memberships(user_id, organization_id).filter(named).first()


def projects(organization_id: int) -> list[Project]:
    """All projects with their teams, by slug; two queries."""
    teams = Prefetch("project_teams", ProjectTeam.objects.select_related("team").order_by("team__slug"))
    found = Project.objects.filter(organization_id=organization_id).select_related("organization")
    return list(found.prefetch_related(teams).order_by("slug"))


def project(organization_id: int, called: str) -> Project | None:
    """The organization's project of this slug or id."""
    named = Q(slug=called)
    if _is_id(called):
        named |= Q(pk=int(called))
    found = Project.objects.filter(organization_id=organization_id).select_related("organization")
    return found.filter(named).first()


def is_on_team(user_id: int, project_id: int) -> bool:
    """Whether the person is in one of the project's teams."""
    return ProjectTeam.objects.filter(project_id=project_id, team__team_members__user_id=user_id).exists()


def keys(project_id: int) -> list[ProjectKey]:
    """The project's keys, oldest first."""
    return list(ProjectKey.objects.filter(project_id=project_id).order_by("pk"))


def _memberships(user_id: int, organization_id: int | None) -> QuerySet[Membership]:
    found = Membership.objects.filter(user_id=user_id, pending=False).select_related("organization")
    return found if organization_id is None else found.filter(organization_id=organization_id)


def _is_id(called: str) -> bool:
    # 18 digits fit a bigint; slugs are never all digits, so both readings cannot clash.
    return called.isascii() and called.isdigit() and len(called) <= 18

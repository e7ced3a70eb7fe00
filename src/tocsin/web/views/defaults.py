"""What a team's own places hear of, and what holds in an organization for whoever chose nothing."""

from functools import partial

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from tocsin.core.choices import TYPES
from tocsin.core.people import Scope
from tocsin.core.standing import Place, standing, standing_default, types_at
from tocsin.pipeline.choosing import services_of_people, services_of_teams
from tocsin.store.queries import preferences as queries
from tocsin.store.writes import preferences as writes
from tocsin.store.writes.preferences import Owner
from tocsin.web.access import MemberRequest, member_of_organization
from tocsin.web.choosing import Table, answer
from tocsin.web.matrix import EVERYONE, TEAM, Matrix, matrix
from tocsin.web.roles import may_manage, require_manager


@require_http_methods(["GET", "HEAD", "POST"])
@member_of_organization
def team(request: MemberRequest, team: str) -> HttpResponse:
    """All members look; the team's members and the organization's admins choose."""
    found = queries.team(request.organization.pk, team)
    if found is None:
        raise Http404("There is no such team in this organization.")
    may_change = may_manage(request) or queries.is_in_team(request.person.pk, found.pk)
    if request.method == "POST" and not may_change:
        require_manager(request)
    table = Table(
        place=f"team:{found.pk}",
        url=f"/{request.organization.slug}/teams/{found.slug}/notifications/",
        services=services_of_teams(),
        load=lambda: _of_team(found.pk, request.organization.pk),
        save=partial(writes.chose, Owner(team_id=found.pk), Scope.TEAM, found.pk),
        may_change=may_change,
    )
    return answer(request, table, "team_preferences.html", {"team": found})


def _of_team(team_id: int, organization_id: int) -> Matrix:
    choices, defaults = queries.of_team(team_id), queries.defaults([organization_id])[organization_id]
    return matrix(
        types_at(Scope.TEAM),
        services_of_teams(),
        lambda type_, service: standing(
            choices, defaults, (type_, service.slug if service else ""), Place(Scope.TEAM, team_id)
        ),
        TEAM,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_of_organization
def organization(request: MemberRequest) -> HttpResponse:
    """All members look, as it is what holds for them; admins and above set it."""
    if request.method == "POST":
        require_manager(request)
    table = Table(
        place=f"defaults:{request.organization.pk}",
        url=f"/{request.organization.slug}/settings/notifications/",
        services=services_of_people(),
        load=lambda: _of_organization(request.organization.pk),
        save=partial(writes.chose_defaults, request.organization.pk, actor_id=request.person.pk, now=request.now),
        may_change=may_manage(request),
    )
    return answer(request, table, "organization_preferences.html", {})


def _of_organization(organization_id: int) -> Matrix:
    defaults = queries.defaults([organization_id])[organization_id]
    return matrix(
        tuple(TYPES.values()),
        services_of_people(),
        lambda type_, service: standing_default(
            defaults,
            (type_, service.slug if service else ""),
            otherwise=service is None or service.on_by_default,
        ),
        EVERYONE,
    )

"""A person's preferences: of what they hear, over which services, everywhere, in an organization, in a project."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.core.people import Scope
from tocsin.core.roles import MAY_MANAGE
from tocsin.core.standing import Place, shared, standing, types_at
from tocsin.pipeline.choosing import services_of_people
from tocsin.store.queries import accounts, link_offers
from tocsin.store.queries import preferences as queries
from tocsin.store.writes import preferences as writes
from tocsin.store.writes.preferences import Owner
from tocsin.web.access import PersonRequest, signed_in
from tocsin.web.choosing import Table, answer
from tocsin.web.matrix import Matrix, matrix

EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True)
class At:
    """A place that a person may choose for; `value` is what the page's address calls it: "project:7"."""

    value: str
    name: str
    place: Place
    group: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def notifications(request: PersonRequest) -> HttpResponse:
    places = _places(request)
    at = _at(request.GET.get("at", EVERYWHERE), places)
    services = services_of_people()
    table = Table(
        place=at.value,
        url=f"/settings/notifications/?at={at.value}" if at is not places[0] else "/settings/notifications/",
        services=services,
        load=lambda: _matrix(request.person.pk, at, places),
        save=partial(writes.chose, Owner(request.person.pk), at.place.scope, at.place.id),
    )
    context = {
        "places": places,
        "at": at,
        "offers": link_offers.open_to(request.person.pk),
        "teams": queries.teams(request.person.pk),
        "managed": [one.organization for one in accounts.memberships(request.person.pk) if one.role in MAY_MANAGE],
    }
    return answer(request, table, "preferences.html", context)


@require_POST
@signed_in
def habits(request: PersonRequest) -> HttpResponse:
    """Two ticks: to hear of one's own doings, and to take the unassigned issues that one resolves."""
    writes.chose_habits(
        request.person,
        hears_own_activity="own" in request.POST,
        assigns_self_on_resolve="take" in request.POST,
    )
    messages.success(request, "Saved.")
    return redirect("preferences")


def _places(request: PersonRequest) -> list[At]:
    """Everywhere first, then each organization with its projects."""
    me = request.person.pk
    projects = queries.places(me)
    found = [At(EVERYWHERE, "Everywhere", Place(Scope.USER, me))]
    for organization_id, _, name in queries.organizations(me):
        whole = At(
            f"organization:{organization_id}", f"All of {name}", Place(Scope.ORGANIZATION, organization_id), name
        )
        found.append(whole)
        found += (
            At(f"project:{one.project_id}", one.project, _in_project(one), name)
            for one in projects
            if one.organization_id == organization_id
        )
    return found


def _in_project(one: queries.Place) -> Place:
    return Place(Scope.PROJECT, one.project_id, one.organization_id)


def _at(wanted: str, places: Sequence[At]) -> At:
    found = next((one for one in places if one.value == wanted), None)
    if found is None:
        raise Http404("There is no such project or organization, or you are not in it.")
    return found


def _matrix(user_id: int, at: At, places: Sequence[At]) -> Matrix:
    """What holds at a place: the person's choices over the defaults of its organization (or of all of them)."""
    choices = queries.of_person(user_id)
    by_organization = queries.defaults([one.place.id for one in places if one.place.scope is Scope.ORGANIZATION])
    here = at.place.organization_id if at.place.scope is Scope.PROJECT else at.place.id
    everywhere = at.place.scope is Scope.USER
    defaults = shared(by_organization) if everywhere else by_organization.get(here, [])
    return matrix(
        types_at(at.place.scope),
        services_of_people(),
        lambda type_, service: standing(
            choices,
            defaults,
            (type_, service.slug if service else ""),
            replace(at.place, organization_id=here),
            otherwise=service is None or service.on_by_default,
        ),
    )

"""A team's choices: of what its own channels and lists hear. All may read them, its members and admins choose."""

from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from tocsin.api.access import Caller, CallerRequest, enter
from tocsin.api.body import json_object
from tocsin.api.errors import ForbiddenError, MissingError, RefusedError
from tocsin.api.preference_json import as_json, at, of_type
from tocsin.api.shapes import CLOSED, REFUSED, Option, OptionToSave, ProviderOption, ProvidersToSave, sent
from tocsin.core.choices import DEFAULT
from tocsin.core.people import Scope
from tocsin.core.roles import MAY_MANAGE, MAY_READ
from tocsin.core.wanted import Wanted, services_of, value_of, wanted
from tocsin.pipeline.choosing import services_of_teams
from tocsin.store.models import Team
from tocsin.store.queries import preferences
from tocsin.store.writes.preferences import Choice, Owner, chose

router = Router(tags=["Notification preferences"])

OPTIONS = "/teams/{organization}/{team}/notification-options/"
PROVIDERS = "/teams/{organization}/{team}/notification-providers/"


@router.get(OPTIONS, response={200: list[Option], **REFUSED, **CLOSED}, summary="List a team's choices")
def list_options(
    request: CallerRequest,
    organization: str,
    team: str,
    type: str | None = None,  # noqa: A002 — the wire's name
) -> list[dict[str, Any]]:
    found = _team(request.auth, organization, team)
    rows = of_type(preferences.of_team(found.pk), type)
    return [as_json(row, found.pk) for row in rows if not row.provider]


@router.put(
    OPTIONS,
    response={201: Option, 204: None, **REFUSED, **CLOSED},
    summary="Choose for a team",
    openapi_extra=sent(OptionToSave),
)
def choose(request: CallerRequest, organization: str, team: str) -> Status[dict[str, Any] | None]:
    found = _team(request.auth, organization, team, to_change=True)
    body = json_object(request)
    meant, reasons = _wanted(found, body)
    value, wrong = value_of(body, body.get("type"))
    if reasons or wrong or meant is None:
        raise RefusedError(reasons | wrong)
    chose(Owner(team_id=found.pk), meant.scope, meant.scope_id, [Choice(meant.type, "", value)])
    row = at(preferences.of_team(found.pk), meant, "")
    return Status(201, as_json(row, found.pk)) if row else Status(204, None)


@router.delete(OPTIONS + "{choice}/", response={204: None, **CLOSED}, summary="Forget a team's choice")
def forget(request: CallerRequest, organization: str, team: str, choice: str) -> HttpResponse:
    found = _team(request.auth, organization, team, to_change=True)
    for row in preferences.of_team(found.pk):
        if str(row.id) == choice and not row.provider:
            chose(Owner(team_id=found.pk), row.scope, row.scope_id, [Choice(row.type, "", DEFAULT)])
            return HttpResponse(status=204)
    raise MissingError("The team has made no such choice.")


@router.get(
    PROVIDERS,
    response={200: list[ProviderOption], **REFUSED, **CLOSED},
    summary="List a team's choices of services",
)
def list_providers(
    request: CallerRequest,
    organization: str,
    team: str,
    type: str | None = None,  # noqa: A002 — the wire's name
) -> list[dict[str, Any]]:
    found = _team(request.auth, organization, team)
    rows = of_type(preferences.of_team(found.pk), type)
    return [as_json(row, found.pk) for row in rows if row.provider]


@router.put(
    PROVIDERS,
    response={201: list[ProviderOption], **REFUSED, **CLOSED},
    summary="Choose a team's services",
    openapi_extra=sent(ProvidersToSave),
)
def choose_providers(request: CallerRequest, organization: str, team: str) -> Status[list[dict[str, Any]]]:
    found = _team(request.auth, organization, team, to_change=True)
    body = json_object(request)
    meant, reasons = _wanted(found, body)
    services, wrong = services_of(body, [one.slug for one in services_of_teams()])
    if reasons or wrong or meant is None:
        raise RefusedError(reasons | wrong)
    choices = [Choice(meant.type, provider, value) for provider, value in services.items()]
    chose(Owner(team_id=found.pk), meant.scope, meant.scope_id, choices)
    rows = preferences.of_team(found.pk)
    return Status(201, [as_json(row, found.pk) for one in services if (row := at(rows, meant, one))])


def _team(caller: Caller, organization: str, called: str, *, to_change: bool = False) -> Team:
    membership = enter(caller, organization)
    if membership.role not in MAY_READ:
        raise ForbiddenError(f"The role {membership.role!r} does not include teams.")
    found = preferences.team(membership.organization_id, called)
    if found is None:
        raise MissingError("There is no such team in this organization.")
    mine = membership.role in MAY_MANAGE or preferences.is_in_team(caller.user.pk, found.pk)
    if to_change and not mine:
        raise ForbiddenError("Only the team's members and admins may choose for it.")
    return found


def _wanted(team: Team, body: Any) -> tuple[Wanted | None, dict[str, list[str]]]:
    """The scope is the team itself, so it may be left out."""
    whole = {"scopeType": Scope.TEAM.value, "scopeIdentifier": str(team.pk), **body}
    return wanted(whole, {Scope.TEAM: {str(team.pk): team.pk, team.slug: team.pk}})

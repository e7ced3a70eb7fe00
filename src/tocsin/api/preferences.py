"""A person's own choices: which notifications, over which services, in which scope (behaviour §2.7)."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from tocsin.api.access import Caller, CallerRequest
from tocsin.api.body import json_object
from tocsin.api.errors import MissingError, RefusedError
from tocsin.api.preference_json import Scopes, as_json, at, named, of_type
from tocsin.api.shapes import (
    CLOSED,
    REFUSED,
    NotificationDefaults,
    Option,
    OptionToSave,
    ProviderOption,
    ProvidersToSave,
    sent,
)
from tocsin.core.choices import DEFAULT, TYPES
from tocsin.core.people import Preference, Scope
from tocsin.core.wanted import services_of, value_of, wanted
from tocsin.pipeline.choosing import services_of_people
from tocsin.store.queries import api_places, preferences
from tocsin.store.writes.preferences import Choice, Owner, chose

router = Router(tags=["Notification preferences"])

OPTIONS = "/users/{user}/notification-options/"
PROVIDERS = "/users/{user}/notification-providers/"


@router.get(
    OPTIONS, response={200: list[Option], **REFUSED, **CLOSED}, summary="List your choices of what to hear of"
)
def list_options(request: CallerRequest, user: str, type: str | None = None) -> list[dict[str, Any]]:  # noqa: A002
    caller = myself(request.auth, user)
    return [as_json(row) for row in of_type(_rows(caller), type) if not row.provider]


@router.put(
    OPTIONS,
    response={201: Option, 204: None, **REFUSED, **CLOSED},
    summary="Choose",
    openapi_extra=sent(OptionToSave),
)
def choose(request: CallerRequest, user: str) -> Status[dict[str, Any] | None]:
    caller = myself(request.auth, user)
    body = json_object(request)
    meant, reasons = wanted(body, scopes_of(caller))
    value, wrong = value_of(body, body.get("type"))
    if reasons or wrong or meant is None:
        raise RefusedError(reasons | wrong)
    chose(Owner(caller.user.pk), meant.scope, meant.scope_id, [Choice(meant.type, "", value)])
    row = at(_rows(caller), meant, "")
    return Status(201, as_json(row)) if row else Status(204, None)


@router.delete(OPTIONS + "{option}/", response={204: None, **CLOSED}, summary="Go back to the default")
def forget(request: CallerRequest, user: str, option: str) -> HttpResponse:
    caller = myself(request.auth, user)
    for row in _rows(caller):
        if str(row.id) == option and not row.provider:
            chose(Owner(caller.user.pk), row.scope, row.scope_id, [Choice(row.type, "", DEFAULT)])
            return HttpResponse(status=204)
    raise MissingError("You have made no such choice.")


@router.get(
    PROVIDERS, response={200: list[ProviderOption], **REFUSED, **CLOSED}, summary="List your choices of services"
)
def list_providers(request: CallerRequest, user: str, type: str | None = None) -> list[dict[str, Any]]:  # noqa: A002
    caller = myself(request.auth, user)
    return [as_json(row) for row in of_type(_rows(caller), type) if row.provider]


@router.put(
    PROVIDERS,
    response={201: list[ProviderOption], **REFUSED, **CLOSED},
    summary="Choose the services to hear over",
    openapi_extra=sent(ProvidersToSave),
)
def choose_providers(request: CallerRequest, user: str) -> Status[list[dict[str, Any]]]:
    caller = myself(request.auth, user)
    body = json_object(request)
    meant, reasons = wanted(body, scopes_of(caller))
    services, wrong = services_of(body, [one.slug for one in services_of_people()])
    if reasons or wrong or meant is None:
        raise RefusedError(reasons | wrong)
    choices = [Choice(meant.type, provider, value) for provider, value in services.items()]
    chose(Owner(caller.user.pk), meant.scope, meant.scope_id, choices)
    rows = list(_rows(caller))
    return Status(201, [as_json(row) for one in services if (row := at(rows, meant, one))])


@router.get(
    "/notification-defaults/",
    response={200: NotificationDefaults, 401: CLOSED[401]},
    summary="What holds for whoever chose nothing",
)
def list_defaults(request: CallerRequest) -> dict[str, Any]:
    del request
    return {
        "typeDefaults": {one.slug: one.default for one in TYPES.values()},
        "providerDefaults": [one.slug for one in services_of_people() if one.on_by_default],
    }


def myself(caller: Caller, user: str) -> Caller:
    """Preferences are a person's own; anyone else's are as if they did not exist."""
    if user not in ("me", str(caller.user.pk)):
        raise MissingError("There is no such person, or it is not you.")
    return caller


def scopes_of(caller: Caller) -> Scopes:
    """The ids that the caller may choose for; a token's are those of its own organization."""
    organizations = {one.organization_id for one in api_places.memberships(caller.user.pk, caller.organization_id)}
    projects = (
        place.project_id for place in preferences.places(caller.user.pk) if place.organization_id in organizations
    )
    return {
        Scope.USER: {"me": caller.user.pk, **named([caller.user.pk])},
        Scope.ORGANIZATION: named(organizations),
        Scope.PROJECT: named(projects),
    }


def _rows(caller: Caller) -> Iterator[Preference]:
    """Those in scopes that the caller may name."""
    scopes = scopes_of(caller)
    for row in preferences.of_person(caller.user.pk):
        if str(row.scope_id) in scopes.get(row.scope, {}):
            yield row

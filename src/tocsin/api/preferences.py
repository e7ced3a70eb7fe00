"""A person's own choices: which notifications, over which services, in which scope (behaviour §2.7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from tocsin.api.access import Caller, CallerRequest
from tocsin.api.body import json_object
from tocsin.api.errors import MissingError, RefusedError
from tocsin.api.shapes import CLOSED, REFUSED, Option, OptionToSave, ProviderOption, ProvidersToSave, sent
from tocsin.core.people import Preference, Scope
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.db import one_transaction
from tocsin.store.queries import api_places, preferences
from tocsin.store.writes.preferences import DEFAULT, chose

router = Router(tags=["Notification preferences"])

OPTIONS = "/users/{user}/notification-options/"
PROVIDERS = "/users/{user}/notification-providers/"
VALUES = ("always", "never", "subscribe_only", "committed_only", DEFAULT)
ALLOWED = {"alerts": ("always", "never", DEFAULT)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a choice is to hold, and for what."""

    scope: Scope
    scope_id: int
    type: str


@router.get(
    OPTIONS, response={200: list[Option], **REFUSED, **CLOSED}, summary="List your choices of what to hear of"
)
def list_options(request: CallerRequest, user: str, type: str | None = None) -> list[dict[str, Any]]:  # noqa: A002
    caller = _self(request.auth, user)
    return [_as_json(row) for row in _rows(caller, type) if not row.provider]


@router.put(
    OPTIONS,
    response={201: Option, 204: None, **REFUSED, **CLOSED},
    summary="Choose",
    openapi_extra=sent(OptionToSave),
)
def choose(request: CallerRequest, user: str) -> Status[dict[str, Any] | None]:
    caller = _self(request.auth, user)
    body = json_object(request)
    wanted, reasons = _wanted(caller, body)
    value = body.get("value")
    if value not in VALUES:
        reasons["value"] = ["Invalid value"]
    elif wanted and value not in ALLOWED[wanted.type]:
        reasons["nonFieldErrors"] = ["Invalid type for value"]
    if reasons or wanted is None:
        raise RefusedError(reasons)
    _chose(caller, wanted, "", str(value))
    row = _row(caller, wanted, "")
    return Status(201, _as_json(row)) if row else Status(204, None)


@router.delete(OPTIONS + "{option}/", response={204: None, **CLOSED}, summary="Go back to the default")
def forget(request: CallerRequest, user: str, option: str) -> HttpResponse:
    caller = _self(request.auth, user)
    for row in _rows(caller, None):
        if str(row.id) == option and not row.provider:
            _chose(caller, Wanted(row.scope, row.scope_id, row.type), "", DEFAULT)
            return HttpResponse(status=204)
    raise MissingError("You have made no such choice.")


@router.get(
    PROVIDERS, response={200: list[ProviderOption], **REFUSED, **CLOSED}, summary="List your choices of services"
)
def list_providers(request: CallerRequest, user: str, type: str | None = None) -> list[dict[str, Any]]:  # noqa: A002
    caller = _self(request.auth, user)
    return [_as_json(row) for row in _rows(caller, type) if row.provider]


@router.put(
    PROVIDERS,
    response={201: list[ProviderOption], **REFUSED, **CLOSED},
    summary="Choose the services to hear over",
    openapi_extra=sent(ProvidersToSave),
)
def choose_providers(request: CallerRequest, user: str) -> Status[list[dict[str, Any]]]:
    caller = _self(request.auth, user)
    body = json_object(request)
    wanted, reasons = _wanted(caller, body)
    listed, personal = body.get("providers"), _personal()
    if not isinstance(listed, list) or not all(one in personal for one in listed):
        reasons["providers"] = [f"Give a list of: {', '.join(personal)}."]
    if reasons or wanted is None or not isinstance(listed, list):
        raise RefusedError(reasons)
    with one_transaction():
        for provider in personal:
            _chose(caller, wanted, provider, "always" if provider in listed else "never")
    rows = (_row(caller, wanted, provider) for provider in personal)
    return Status(201, [_as_json(row) for row in rows if row])


def _self(caller: Caller, user: str) -> Caller:
    """Preferences are a person's own; anyone else's are as if they did not exist."""
    if user not in ("me", str(caller.user.pk)):
        raise MissingError("There is no such person, or it is not you.")
    return caller


def _personal() -> Sequence[str]:
    return [slug for slug, provider in catalogue().providers.items() if provider.personal]


def _scopes(caller: Caller) -> Mapping[Scope, frozenset[int]]:
    """The ids that the caller may choose for; a token's are those of its own organization."""
    organizations = {one.organization_id for one in api_places.memberships(caller.user.pk, caller.organization_id)}
    projects = (
        place.project_id for place in preferences.places(caller.user.pk) if place.organization_id in organizations
    )
    return {
        Scope.USER: frozenset({caller.user.pk}),
        Scope.ORGANIZATION: frozenset(organizations),
        Scope.PROJECT: frozenset(projects),
    }


def _wanted(caller: Caller, body: Mapping[str, Any]) -> tuple[Wanted | None, dict[str, list[str]]]:
    reasons: dict[str, list[str]] = {}
    scope, type_, scope_id = _scope(body.get("scopeType")), body.get("type"), -1
    if scope is None:
        reasons["scopeType"] = ["Invalid scope type"]
    else:
        scope_id = _scope_id(caller, scope, body.get("scopeIdentifier"))
        if scope_id < 0:
            reasons["scopeIdentifier"] = [f"You belong to no such {scope.value}."]
    if type_ not in list(ALLOWED):
        reasons["type"] = ["Invalid type"]
    if reasons or scope is None:
        return None, reasons
    return Wanted(scope, scope_id, str(type_)), reasons


def _scope(sent_scope: object) -> Scope | None:
    return next((scope for scope in Scope if scope.value == sent_scope), None)


def _scope_id(caller: Caller, scope: Scope, sent_id: object) -> int:
    """The id that was meant, or -1 for one that is not the caller's."""
    ids = {str(known): known for known in _scopes(caller)[scope]}
    if scope is Scope.USER:
        ids["me"] = caller.user.pk
    return ids.get(str(sent_id), -1)


def _rows(caller: Caller, type_: str | None) -> Iterator[Preference]:
    if type_ is not None and type_ not in ALLOWED:
        raise RefusedError({"type": ["Invalid type"]})
    scopes = _scopes(caller)
    for one in ALLOWED if type_ is None else (type_,):
        for row in preferences.chosen(caller.user.pk, one):
            if row.scope_id in scopes[row.scope]:
                yield row


def _row(caller: Caller, wanted: Wanted, provider: str) -> Preference | None:
    for row in preferences.chosen(caller.user.pk, wanted.type):
        if (row.scope, row.scope_id, row.provider) == (wanted.scope, wanted.scope_id, provider):
            return row
    return None


def _chose(caller: Caller, wanted: Wanted, provider: str, value: str) -> None:
    chose(caller.user.pk, wanted.scope, wanted.scope_id, type=wanted.type, provider=provider, value=value)


def _as_json(row: Preference) -> dict[str, Any]:
    shown = {
        "id": str(row.id),
        "scopeType": row.scope.value,
        "scopeIdentifier": str(row.scope_id),
        "type": row.type,
        "value": row.value,
        "user_id": str(row.user_id),
        "team_id": None,
    }
    return {**shown, "provider": row.provider} if row.provider else shown

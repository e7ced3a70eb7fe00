"""What holds in an organization for whoever made no choice; its admins decide, and the audit log knows."""

from collections.abc import Mapping
from typing import Any

from ninja import Router, Status

from tocsin.api.access import CallerRequest, enter
from tocsin.api.body import json_object
from tocsin.api.errors import ForbiddenError, RefusedError
from tocsin.api.shapes import CLOSED, REFUSED, OrganizationDefault, OrganizationDefaultToSave, sent
from tocsin.core import people
from tocsin.core.choices import TYPES
from tocsin.core.roles import MAY_MANAGE
from tocsin.core.wanted import Reasons, value_of
from tocsin.pipeline.choosing import services_of_people
from tocsin.store.queries import preferences
from tocsin.store.writes.preferences import Choice, chose_defaults

router = Router(tags=["Notification preferences"])

DEFAULTS = "/organizations/{organization}/notification-defaults/"


@router.get(
    DEFAULTS, response={200: list[OrganizationDefault], **CLOSED}, summary="List an organization's defaults"
)
def list_defaults(request: CallerRequest, organization: str) -> list[dict[str, Any]]:
    organization_id = enter(request.auth, organization).organization_id
    return [_as_json(row) for row in preferences.defaults([organization_id])[organization_id]]


@router.put(
    DEFAULTS,
    response={201: OrganizationDefault, 204: None, **REFUSED, **CLOSED},
    summary="Set what holds for whoever chose nothing",
    openapi_extra=sent(OrganizationDefaultToSave),
)
def set_default(request: CallerRequest, organization: str) -> Status[dict[str, Any] | None]:
    caller = request.auth
    membership = enter(caller, organization)
    if membership.role not in MAY_MANAGE:
        raise ForbiddenError("Only admins and above may set an organization's defaults.")
    choice, reasons = _wanted(json_object(request))
    if reasons or choice is None:
        raise RefusedError(reasons)
    chose_defaults(membership.organization_id, [choice], actor_id=caller.user.pk, now=caller.now)
    for row in preferences.defaults([membership.organization_id])[membership.organization_id]:
        if (row.type, row.provider) == (choice.type, choice.provider):
            return Status(201, _as_json(row))
    return Status(204, None)


def _wanted(body: Mapping[str, Any]) -> tuple[Choice | None, Reasons]:
    reasons: Reasons = {}
    type_, provider = body.get("type"), body.get("provider") or ""
    if not isinstance(type_, str) or type_ not in TYPES:
        reasons["type"] = ["Invalid type"]
    known = [one.slug for one in services_of_people()]
    if provider and provider not in known:
        reasons["provider"] = [f"Give one of: {', '.join(known)}; or none, for the type itself."]
    value, wrong = value_of(body, type_, str(provider))
    reasons |= wrong
    return (None, reasons) if reasons else (Choice(str(type_), str(provider), value), reasons)


def _as_json(row: people.OrganizationDefault) -> dict[str, Any]:
    return {"id": str(row.id), "type": row.type, "provider": row.provider or None, "value": row.value}

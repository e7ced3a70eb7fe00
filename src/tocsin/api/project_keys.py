"""A project's keys: what SDKs are given, and how much each takes."""

from collections.abc import Mapping
from typing import Any

from ninja import Router

from tocsin.api.access import CallerRequest, may_manage, read_project
from tocsin.api.body import json_object
from tocsin.api.errors import ForbiddenError, MissingError, RefusedError
from tocsin.api.rule_json import moment
from tocsin.api.shapes import CLOSED, REFUSED, ProjectKey, ProjectKeyToSave, sent
from tocsin.core.dsn import dsn
from tocsin.core.key_limit import Limit, parse_limit
from tocsin.pipeline import links
from tocsin.store import models
from tocsin.store.queries import api_places
from tocsin.store.writes import keys

router = Router(tags=["Organizations and projects"])

KEYS = "/projects/{organization}/{project}/keys/"


@router.get(KEYS, response={200: list[ProjectKey], **CLOSED}, summary="List a project's keys")
def list_keys(request: CallerRequest, organization: str, project: str) -> list[dict[str, Any]]:
    place = read_project(request.auth, organization, project)
    return [_as_json(key) for key in api_places.keys(place.pk)]


@router.put(
    KEYS + "{public_key}/",
    response={200: ProjectKey, **REFUSED, **CLOSED},
    summary="Limit a project's key, or switch it",
    openapi_extra=sent(ProjectKeyToSave),
)
def change_key(request: CallerRequest, organization: str, project: str, public_key: str) -> dict[str, Any]:
    """What the body does not name stays as it is."""
    place = read_project(request.auth, organization, project)
    row = _found(place.pk, public_key)
    if not may_manage(request.auth, organization):
        raise ForbiddenError("Only admins and above may change keys.")
    body = json_object(request)
    limit, is_active = _limit(body), body.get("isActive")
    if is_active is not None and not isinstance(is_active, bool):
        raise RefusedError({"isActive": ["Must be true or false."]})
    here, by, now = place.organization_id, request.auth.user.pk, request.auth.now
    if "rateLimit" in body:
        keys.limited(here, place.pk, row.pk, limit, actor_id=by, now=now)
    if isinstance(is_active, bool) and is_active != row.is_active:
        keys.switched(here, place.pk, row.pk, is_active=is_active, actor_id=by, now=now)
    return _as_json(_found(place.pk, public_key))


def _found(project_id: int, public_key: str) -> models.ProjectKey:
    found = next((one for one in api_places.keys(project_id) if one.public_key == public_key), None)
    if found is None:
        raise MissingError("There is no such key in this project.")
    return found


def _limit(body: Mapping[str, Any]) -> Limit | None:
    """`rateLimit` null, or without a count, is no limit."""
    given = body.get("rateLimit")
    if given is not None and not isinstance(given, dict):
        raise RefusedError({"rateLimit": ["Give {count, window}, or null for no limit."]})
    try:
        return parse_limit(given.get("count"), given.get("window")) if given else None
    except ValueError as error:
        raise RefusedError({"rateLimit": [str(error)]}) from None


def _as_json(key: models.ProjectKey) -> dict[str, Any]:
    limit = {"window": key.rate_window, "count": key.rate_limit} if key.rate_limit else None
    return {
        "id": key.public_key,
        "name": key.label,
        "label": key.label,
        "public": key.public_key,
        "projectId": key.project_id,
        "isActive": key.is_active,
        "rateLimit": limit,
        "dsn": {"public": dsn(links.base(), key.public_key, key.project_id)},
        "dateCreated": moment(key.date_added),
    }

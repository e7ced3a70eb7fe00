"""Searches that are kept under a name: a person's own, and the organization's."""

from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from tocsin.api.access import CallerRequest, enter, may_read
from tocsin.api.body import json_object
from tocsin.api.errors import ForbiddenError, MissingError, RefusedError
from tocsin.api.rule_json import moment
from tocsin.api.shapes import CLOSED, REFUSED, SavedSearch, SearchToSave, sent
from tocsin.core.roles import MAY_MANAGE
from tocsin.core.search_save import Wanted, read
from tocsin.store import models
from tocsin.store.queries import saved_searches as queries
from tocsin.store.writes import saved_searches as writes

router = Router(tags=["Issues"])

ADDRESS = "/organizations/{organization}/searches/"
PINNED = "/organizations/{organization}/pinned-searches/"
MOST_DIGITS = 18


@router.get(ADDRESS, response={200: list[SavedSearch], **CLOSED}, summary="List the kept searches that you see")
def list_searches(request: CallerRequest, organization: str) -> list[dict[str, Any]]:
    place = _enter(request, organization)
    return [_as_json(one) for one in queries.of_person(place.organization_id, request.auth.user.pk)]


@router.post(
    ADDRESS,
    response={201: SavedSearch, **REFUSED, **CLOSED},
    summary="Keep a search",
    openapi_extra=sent(SearchToSave),
)
def keep(request: CallerRequest, organization: str) -> Status[dict[str, Any]]:
    place = _enter(request, organization)
    wanted = _read(request)
    if wanted.is_everyones:
        _may_manage(place)
    owner = None if wanted.is_everyones else request.auth.user.pk
    words = {"name": wanted.name, "query": wanted.query, "sort": wanted.sort}
    kept = writes.save(place.organization_id, owner, now=request.auth.now, **words)
    if kept is None:
        raise RefusedError({"detail": [f"There are {writes.MOST} kept searches already; remove one."]})
    return Status(201, _as_json(kept))


@router.put(
    ADDRESS + "{search}/",
    response={200: SavedSearch, **REFUSED, **CLOSED},
    summary="Change a kept search",
    openapi_extra=sent(SearchToSave),
)
def change(request: CallerRequest, organization: str, search: str) -> dict[str, Any]:
    found = _mine(request, organization, search)
    wanted = _read(request)
    if not writes.change(found, name=wanted.name, query=wanted.query, sort=wanted.sort):
        raise RefusedError({"name": ["Another kept search has this name. Choose a different one."]})
    return _as_json(found)


@router.delete(ADDRESS + "{search}/", response={204: None, **CLOSED}, summary="Remove a kept search")
def remove(request: CallerRequest, organization: str, search: str) -> HttpResponse:
    writes.remove(_mine(request, organization, search))
    return HttpResponse(status=204)


@router.put(
    PINNED,
    response={201: SavedSearch, **REFUSED, **CLOSED},
    summary="Choose what your stream opens with",
    openapi_extra=sent(SearchToSave),
)
def pin(request: CallerRequest, organization: str) -> Status[dict[str, Any]]:
    place = _enter(request, organization)
    wanted = _read(request, needs_name=False)
    who = request.auth
    pinned = writes.pin(place.organization_id, who.user.pk, query=wanted.query, sort=wanted.sort, now=who.now)
    return Status(201, _as_json(pinned))


@router.delete(PINNED, response={204: None, **CLOSED}, summary="Let your stream open as everyone's does")
def unpin(request: CallerRequest, organization: str) -> HttpResponse:
    writes.unpin(_enter(request, organization).organization_id, request.auth.user.pk)
    return HttpResponse(status=204)


def _enter(request: CallerRequest, organization: str) -> models.Membership:
    membership = enter(request.auth, organization)
    if not may_read(membership):
        raise ForbiddenError(f"The role {membership.role!r} does not include issues.")
    return membership


def _may_manage(membership: models.Membership) -> None:
    if membership.role not in MAY_MANAGE:
        raise ForbiddenError("Only admins and above may change the organization's searches.")


def _mine(request: CallerRequest, organization: str, search: str) -> models.SavedSearch:
    place = _enter(request, organization)
    is_id = search.isascii() and search.isdigit() and len(search) <= MOST_DIGITS
    found = queries.one(place.organization_id, request.auth.user.pk, int(search)) if is_id else None
    if found is None:
        raise MissingError("There is no such search, or it is somebody else's.")
    if found.user_id is None:
        _may_manage(place)
    return found


def _read(request: CallerRequest, *, needs_name: bool = True) -> Wanted:
    wanted = read(json_object(request), needs_name=needs_name)
    if isinstance(wanted, Wanted):
        return wanted
    raise RefusedError(wanted)


def _as_json(one: models.SavedSearch) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": one.name or "My Pinned Search",
        "query": one.query,
        "sort": one.sort,
        "visibility": "organization" if one.user_id is None else "owner_pinned" if one.is_pinned else "owner",
        "isPinned": one.is_pinned,
        "isGlobal": False,
        "isOrgCustom": one.user_id is None,
        "type": 0,
        "dateCreated": moment(one.date_added),
    }

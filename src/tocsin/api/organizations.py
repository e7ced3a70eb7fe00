"""Where the caller may go: who they are, their organizations, the projects in one."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.errors import AuthenticationError

from tocsin.api import thread_choices
from tocsin.api.access import Caller, CallerRequest, authenticate, enter, may_read
from tocsin.api.body import json_object
from tocsin.api.errors import ForbiddenError, RefusedError
from tocsin.api.rule_json import moment
from tocsin.api.shapes import (
    CLOSED,
    REFUSED,
    Detail,
    Index,
    Organization,
    OrganizationChoices,
    OrganizationToSave,
    Project,
    sent,
)
from tocsin.core.roles import MAY_MANAGE
from tocsin.store import models
from tocsin.store.queries import api_places
from tocsin.store.queries.threads import choices_of
from tocsin.store.writes.threads import chose

router = Router(tags=["Organizations and projects"])

API_VERSION = "0"


@router.get(
    "/", response={200: Index, 401: Detail}, auth=None, summary="Whether the API answers, and who is calling"
)
def index(request: HttpRequest) -> dict[str, Any]:
    caller = authenticate(request)
    if caller is None and request.headers.get("Authorization"):
        raise AuthenticationError  # whoever sends a token asks whether it is good
    if caller is None:
        return {"version": API_VERSION, "user": None, "auth": None}
    return {"version": API_VERSION, "user": _me(caller), "auth": {"scopes": []}}


@router.get("/organizations/", response={200: list[Organization], **CLOSED}, summary="List your organizations")
def list_organizations(request: CallerRequest) -> list[dict[str, Any]]:
    found = api_places.memberships(request.auth.user.pk, request.auth.organization_id)
    return [_organization(one.organization) for one in found]


@router.get(
    "/organizations/{organization}/",
    response={200: OrganizationChoices, **CLOSED},
    summary="An organization with what it chose for the threads of its alerts",
)
def show_organization(request: CallerRequest, organization: str) -> dict[str, Any]:
    return _with_choices(enter(request.auth, organization).organization)


@router.put(
    "/organizations/{organization}/",
    response={200: OrganizationChoices, **REFUSED, **CLOSED},
    summary="Choose for the threads of an organization's alerts",
    openapi_extra=sent(OrganizationToSave),
)
def change_organization(request: CallerRequest, organization: str) -> dict[str, Any]:
    caller = request.auth
    membership = enter(caller, organization)
    if membership.role not in MAY_MANAGE:
        raise ForbiddenError("Only owners, managers and admins may change an organization.")
    before = choices_of(membership.organization)
    chosen, reasons = thread_choices.wanted(json_object(request), before)
    if chosen is None:
        raise RefusedError(reasons)
    chose(membership.organization_id, chosen, actor_id=caller.user.pk, now=caller.now)
    return _with_choices(enter(caller, organization).organization)


@router.get(
    "/organizations/{organization}/projects/",
    response={200: list[Project], **CLOSED},
    summary="List an organization's projects",
)
def list_projects(request: CallerRequest, organization: str) -> list[dict[str, Any]]:
    membership = enter(request.auth, organization)
    if not may_read(membership):
        raise ForbiddenError(f"The role {membership.role!r} does not include projects.")
    return [_project(project) for project in api_places.projects(membership.organization_id)]


def _me(caller: Caller) -> dict[str, Any]:
    user = caller.user
    return {"id": str(user.pk), "name": user.display_name, "email": user.email}


def _organization(organization: models.Organization) -> dict[str, Any]:
    return {
        "id": str(organization.pk),
        "slug": organization.slug,
        "name": organization.name,
        "dateCreated": moment(organization.date_added),
        "status": {"id": "active", "name": "active"},
    }


def _with_choices(organization: models.Organization) -> dict[str, Any]:
    return {**_organization(organization), **thread_choices.as_json(choices_of(organization))}


def _project(project: models.Project) -> dict[str, Any]:
    teams = [link.team for link in project.project_teams.all()]
    return {
        "id": str(project.pk),
        "slug": project.slug,
        "name": project.name,
        "platform": project.platform,
        "dateCreated": moment(project.date_added),
        "firstEvent": moment(project.first_event),
        "status": "active",
        "teams": [{"id": str(team.pk), "slug": team.slug, "name": team.name} for team in teams],
        "organization": _organization(project.organization),
    }

"""Where the caller may go: who they are, their organizations, the projects in one."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.errors import AuthenticationError

from tocsin.api.access import Caller, CallerRequest, authenticate, enter, may_read
from tocsin.api.errors import ForbiddenError
from tocsin.api.rule_json import moment
from tocsin.api.shapes import CLOSED, Detail, Index, Organization, Project
from tocsin.store import models
from tocsin.store.queries import api_places

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

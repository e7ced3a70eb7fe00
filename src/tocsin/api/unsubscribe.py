"""Ends what reaches a person about an issue or a project: by the signed part of a mail's link, or as oneself."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from tocsin.api.access import authenticate, enter
from tocsin.api.body import json_object
from tocsin.api.errors import MissingError, RefusedError
from tocsin.api.shapes import CLOSED, REFUSED, Ending, EndingToSave, sent
from tocsin.core.unsubscribe import Ends, Level
from tocsin.pipeline import clock, links
from tocsin.pipeline.unsubscribe import Way, by_link, by_oneself, unsubscribe
from tocsin.store.queries import api_places
from tocsin.store.queries.unsubscribe import issue_project

router = Router(tags=["Unsubscribe"])

ISSUE = "/organizations/{organization}/unsubscribe/issue/{issue}/"
PROJECT = "/organizations/{organization}/unsubscribe/project/{project}/"
OVER = "There is nothing to unsubscribe from here: the link is over, or not for this. Choose under Preferences."


@router.get(ISSUE, auth=None, response={200: Ending, **CLOSED}, summary="What would end, about an issue")
def about_issue(request: HttpRequest, organization: str, issue: str) -> dict[str, Any]:
    return _as_json(_way(request, organization, Level.ISSUE, issue))


@router.post(
    ISSUE,
    auth=None,
    response={201: None, **REFUSED, **CLOSED},
    summary="Hear no more of an issue",
    openapi_extra=sent(EndingToSave),
)
def end_issue(request: HttpRequest, organization: str, issue: str) -> Status[None]:
    return _end(request, _way(request, organization, Level.ISSUE, issue))


@router.get(PROJECT, auth=None, response={200: Ending, **CLOSED}, summary="What would end, about a project")
def about_project(request: HttpRequest, organization: str, project: str) -> dict[str, Any]:
    return _as_json(_way(request, organization, Level.PROJECT, project))


@router.post(
    PROJECT,
    auth=None,
    response={201: None, **REFUSED, **CLOSED},
    summary="Hear no more alerts of a project",
    openapi_extra=sent(EndingToSave),
)
def end_project(request: HttpRequest, organization: str, project: str) -> Status[None]:
    return _end(request, _way(request, organization, Level.PROJECT, project))


def _end(request: HttpRequest, way: Way) -> Status[None]:
    if not json_object(request).get("cancel"):
        raise RefusedError({"cancel": ['Send {"cancel": 1} to unsubscribe.']})
    unsubscribe(way.user_id, way.ends, clock.now())
    return Status(201, None)


def _way(request: HttpRequest, organization: str, level: Level, target: str) -> Way:
    token = request.GET.get("_")
    way = _signed(token, organization, level, target) if token else _own(request, organization, level, target)
    if way is None:
        raise MissingError(OVER)
    return way


def _signed(token: str, organization: str, level: Level, target: str) -> Way | None:
    """Only for what the link itself is about; a link about an issue is none about its project."""
    way = by_link(token, clock.now())
    if way is None or way.ends.level is not level:
        return None
    membership = api_places.membership(way.user_id, way.ends.organization_id, organization)
    return way if membership and target in (str(way.ends.id), way.named.slug or str(way.ends.id)) else None


def _own(request: HttpRequest, organization: str, level: Level, target: str) -> Way | None:
    caller = authenticate(request)
    if caller is None:
        return None
    organization_id = enter(caller, organization).organization_id
    if level is Level.PROJECT:
        project = api_places.project(organization_id, target)
        ends = Ends(level, project.pk, "alerts", organization_id, project.pk) if project else None
    else:
        found = issue_project(organization_id, target)
        ends = Ends(level, found[0], "alerts", organization_id, found[1]) if found else None
    return by_oneself(caller.user.pk, ends) if ends else None


def _as_json(way: Way) -> dict[str, Any]:
    shown = {"viewUrl": links.base() + way.named.path, "type": way.ends.level.value, "displayName": way.named.name}
    return {**shown, "slug": way.named.slug or None}

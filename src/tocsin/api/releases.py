"""An organization's releases: list, make, read, complete, remove, and their commits; as sentry-cli calls them."""

from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from tocsin.api.access import CallerRequest
from tocsin.api.body import json_object
from tocsin.api.release_json import commit_json, release_json
from tocsin.api.release_place import PER_PAGE, done, entered, linked, offset, shown
from tocsin.api.shapes import CLOSED, REFUSED, sent
from tocsin.api.shapes_release import Commit, Release, ReleaseToSave
from tocsin.formats import release as format_
from tocsin.pipeline import releases as pipeline
from tocsin.store.queries import releases

router = Router(tags=["Releases"])

ADDRESS = "/organizations/{organization}/releases/"
ONE = ADDRESS + "{path:version}/"


@router.get(ADDRESS, response={200: list[Release], **CLOSED}, summary="List releases")
def list_releases(
    request: CallerRequest, response: HttpResponse, organization: str, query: str = "", status: str = "open"
) -> list[dict[str, Any]]:
    place = entered(request, organization)
    page = releases.page(
        place, query=query[:250], offset=offset(request), limit=PER_PAGE, archived=status == "archived"
    )
    linked(response, request, has_more=page.has_more)
    return [release_json(one) for one in page.releases]


@router.post(
    ADDRESS,
    response={201: Release, 208: Release, **REFUSED, **CLOSED},
    summary="Make a release, or complete it",
    openapi_extra=sent(ReleaseToSave),
)
def make_release(request: CallerRequest, organization: str) -> Status[dict[str, Any]]:
    place, body = entered(request, organization), json_object(request)
    wanted = done(lambda: format_.release(body))
    is_new = done(lambda: pipeline.save(place, wanted, now=request.auth.now))
    return Status(201 if is_new else 208, release_json(shown(place, wanted.version)))


@router.get(
    ONE + "previous-with-commits/",
    response={200: dict[str, Any], **CLOSED},
    summary="Read the release before whose commits are known",
)
def previous(request: CallerRequest, organization: str, version: str) -> dict[str, Any]:
    """A release, or {} where there is none: sentry-cli takes nothing in between."""
    place = entered(request, organization)
    shown(place, version)
    before = releases.before(place, version)
    return release_json(shown(place, before)) if before else {}


@router.get(ONE + "commits/", response={200: list[Commit], **CLOSED}, summary="List what is new in a release")
def list_commits(request: CallerRequest, organization: str, version: str) -> list[dict[str, Any]]:
    place = entered(request, organization)
    shown(place, version)
    return [commit_json(one) for one in releases.commits(place, version)]


@router.get(ONE, response={200: Release, **CLOSED}, summary="Read a release")
def read_release(request: CallerRequest, organization: str, version: str) -> dict[str, Any]:
    return release_json(shown(entered(request, organization), version))


@router.put(
    ONE,
    response={200: Release, **REFUSED, **CLOSED},
    summary="Complete a release: its commits, when it was released",
    openapi_extra=sent(ReleaseToSave),
)
def change_release(request: CallerRequest, organization: str, version: str) -> dict[str, Any]:
    place, body = entered(request, organization), json_object(request)
    wanted = done(lambda: format_.release(body, version))
    done(lambda: pipeline.save(place, wanted, now=request.auth.now, only_known=True))
    return release_json(shown(place, version))


@router.delete(ONE, response={204: None, **CLOSED}, summary="Forget a release")
def remove_release(request: CallerRequest, organization: str, version: str) -> HttpResponse:
    place, caller = entered(request, organization), request.auth
    done(lambda: pipeline.remove(place, version, actor_id=caller.user.pk, now=caller.now))
    return HttpResponse(status=204)

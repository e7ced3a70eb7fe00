"""A project's releases; the same as its organization's, by the addresses that older clients call."""

from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from tocsin.api.access import CallerRequest, read_project
from tocsin.api.body import json_object
from tocsin.api.release_json import commit_json, release_json
from tocsin.api.release_place import PER_PAGE, done, linked, offset, plain, shown
from tocsin.api.shapes import CLOSED, REFUSED, sent
from tocsin.api.shapes_release import Commit, Release, ReleaseToSave
from tocsin.formats import release as format_
from tocsin.pipeline import releases as pipeline
from tocsin.store.queries import releases

router = Router(tags=["Releases"])

ADDRESS = "/projects/{organization}/{project}/releases/"
ONE = ADDRESS + "{path:version}/"


@router.get(ADDRESS, response={200: list[Release], **CLOSED}, summary="List a project's releases")
def list_releases(
    request: CallerRequest, response: HttpResponse, organization: str, project: str, query: str = ""
) -> list[dict[str, Any]]:
    place = read_project(request.auth, organization, project)
    page = releases.page(
        place.organization_id, project_id=place.pk, query=query[:250], offset=offset(request), limit=PER_PAGE
    )
    linked(response, request, has_more=page.has_more)
    return [release_json(one) for one in page.releases]


@router.post(
    ADDRESS,
    response={201: Release, 208: Release, **REFUSED, **CLOSED},
    summary="Make a release of a project, or complete it",
    openapi_extra=sent(ReleaseToSave),
)
def make_release(request: CallerRequest, organization: str, project: str) -> Status[dict[str, Any]]:
    place = read_project(request.auth, organization, project)
    body = plain(json_object(request), place.slug)
    wanted = done(lambda: format_.release(body))
    is_new = done(lambda: pipeline.save(place.organization_id, wanted, now=request.auth.now))
    return Status(201 if is_new else 208, release_json(shown(place.organization_id, wanted.version)))


@router.get(ONE + "commits/", response={200: list[Commit], **CLOSED}, summary="List what is new in a release")
def list_commits(request: CallerRequest, organization: str, project: str, version: str) -> list[dict[str, Any]]:
    place = read_project(request.auth, organization, project)
    shown(place.organization_id, version, place.pk)
    return [commit_json(one) for one in releases.commits(place.organization_id, version)]


@router.get(ONE, response={200: Release, **CLOSED}, summary="Read a release of a project")
def read_release(request: CallerRequest, organization: str, project: str, version: str) -> dict[str, Any]:
    place = read_project(request.auth, organization, project)
    return release_json(shown(place.organization_id, version, place.pk))


@router.put(
    ONE,
    response={200: Release, **REFUSED, **CLOSED},
    summary="Complete a release of a project",
    openapi_extra=sent(ReleaseToSave),
)
def change_release(request: CallerRequest, organization: str, project: str, version: str) -> dict[str, Any]:
    place = read_project(request.auth, organization, project)
    shown(place.organization_id, version, place.pk)
    body = json_object(request)
    wanted = done(lambda: format_.release(body, version))
    done(lambda: pipeline.save(place.organization_id, wanted, now=request.auth.now, only_known=True))
    return release_json(shown(place.organization_id, version))


@router.delete(ONE, response={204: None, **CLOSED}, summary="Forget a release")
def remove_release(request: CallerRequest, organization: str, project: str, version: str) -> HttpResponse:
    caller = request.auth
    place = read_project(caller, organization, project)
    shown(place.organization_id, version, place.pk)
    done(lambda: pipeline.remove(place.organization_id, version, actor_id=caller.user.pk, now=caller.now))
    return HttpResponse(status=204)

"""The repositories that commits come from. sentry-cli names only those that it finds here."""

from typing import Any

from ninja import Router, Status

from tocsin.api.access import CallerRequest
from tocsin.api.body import json_object
from tocsin.api.release_json import repository_json
from tocsin.api.release_place import done, entered
from tocsin.api.shapes import CLOSED, REFUSED, sent
from tocsin.api.shapes_release import Repository, RepositoryToSave
from tocsin.formats import release as format_
from tocsin.pipeline import commits as pipeline
from tocsin.store.queries import commits

router = Router(tags=["Releases"])

ADDRESS = "/organizations/{organization}/repos/"


@router.get(ADDRESS, response={200: list[Repository], **CLOSED}, summary="List repositories")
def list_repositories(request: CallerRequest, organization: str) -> list[dict[str, Any]]:
    return [repository_json(one) for one in commits.repositories(entered(request, organization))]


@router.post(
    ADDRESS,
    response={201: Repository, **REFUSED, **CLOSED},
    summary="Name a repository",
    openapi_extra=sent(RepositoryToSave),
)
def name_repository(request: CallerRequest, organization: str) -> Status[dict[str, Any]]:
    place, body = entered(request, organization), json_object(request)
    host = done(lambda: format_.repository(body))
    return Status(201, repository_json(pipeline.named(place, host, request.auth.now)))

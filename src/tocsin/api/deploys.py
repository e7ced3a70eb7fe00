"""Where a release runs: list its deploys, report one."""

from typing import Any

from ninja import Router, Status

from tocsin.api.access import CallerRequest
from tocsin.api.body import json_object
from tocsin.api.release_json import deploy_json
from tocsin.api.release_place import done, entered, shown
from tocsin.api.shapes import CLOSED, REFUSED, sent
from tocsin.api.shapes_release import Deploy, DeployToSave
from tocsin.formats import release as format_
from tocsin.pipeline import releases as pipeline
from tocsin.store.queries import releases

router = Router(tags=["Releases"])

ADDRESS = "/organizations/{organization}/releases/{path:version}/deploys/"


@router.get(ADDRESS, response={200: list[Deploy], **CLOSED}, summary="List a release's deploys")
def list_deploys(request: CallerRequest, organization: str, version: str) -> list[dict[str, Any]]:
    place = entered(request, organization)
    shown(place, version)
    return [deploy_json(one) for one in releases.deploys(place, version)]


@router.post(
    ADDRESS,
    response={201: Deploy, **REFUSED, **CLOSED},
    summary="Report a deploy",
    openapi_extra=sent(DeployToSave),
)
def report_deploy(request: CallerRequest, organization: str, version: str) -> Status[dict[str, Any]]:
    place = entered(request, organization)
    shown(place, version)
    body = json_object(request)
    said = done(lambda: format_.deploy(body))
    made = done(lambda: pipeline.deploy(place, version, said, request.auth.now))
    return Status(201, deploy_json(made))

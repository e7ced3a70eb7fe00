"""Who owns a project's code: its rules, and the CODEOWNERS files of its repositories (behaviour §4.5)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from tocsin.api.access import CallerRequest, edit_project, may_manage, read_project
from tocsin.api.body import json_object
from tocsin.api.errors import ForbiddenError, MissingError, RefusedError
from tocsin.api.ownership_json import ownership_json, schema_json
from tocsin.api.ownership_shapes import CodeOwners, CodeOwnersToSave, Ownership, OwnershipToSave
from tocsin.api.rule_json import moment
from tocsin.api.rules import MOST_DIGITS
from tocsin.api.shapes import CLOSED, REFUSED, sent
from tocsin.core.codeowners_check import missing
from tocsin.core.ownership_change import Refused
from tocsin.core.ownership_rule import as_text
from tocsin.pipeline import ownership as pipeline
from tocsin.pipeline.ownership import Standing
from tocsin.store import models
from tocsin.store.queries import ownership as queries
from tocsin.store.writes import ownership as writes

router = Router(tags=["Ownership"])

OWNERSHIP = "/projects/{organization}/{project}/ownership/"
CODEOWNERS = "/projects/{organization}/{project}/codeowners/"
SETTINGS = frozenset({"fallthrough", "autoAssignment", "codeownersAutoSync", "isActive"})


@router.get(
    OWNERSHIP,
    response={200: Ownership, **CLOSED},
    by_alias=True,
    summary="Read a project's ownership rules",
)
def read_ownership(request: CallerRequest, organization: str, project: str) -> dict[str, Any]:
    place = read_project(request.auth, organization, project)
    return _ownership(place)


@router.put(
    OWNERSHIP,
    response={200: Ownership, **REFUSED, **CLOSED},
    by_alias=True,
    summary="Change a project's ownership rules",
    openapi_extra=sent(OwnershipToSave),
)
def change_ownership(request: CallerRequest, organization: str, project: str) -> dict[str, Any]:
    place = edit_project(request.auth, organization, project)
    body = json_object(request)
    if SETTINGS & body.keys() and not may_manage(request.auth, organization):
        raise ForbiddenError("Only admins may change how owners are used; members of its teams may change `raw`.")
    saved = pipeline.save(place, body, actor_id=request.auth.user.pk, now=request.auth.now)
    if isinstance(saved, Refused):
        raise RefusedError(saved.reasons)
    return _ownership(place)


@router.get(
    CODEOWNERS,
    response={200: list[CodeOwners], **CLOSED},
    by_alias=True,
    summary="List a project's CODEOWNERS files",
)
def list_files(request: CallerRequest, organization: str, project: str) -> list[dict[str, Any]]:
    place = read_project(request.auth, organization, project)
    who = _standing(place)
    return [_file(row, who) for row in queries.files(place.pk)]


@router.post(
    CODEOWNERS,
    response={201: CodeOwners, **REFUSED, **CLOSED},
    by_alias=True,
    summary="Import a CODEOWNERS file",
    openapi_extra=sent(CodeOwnersToSave),
)
def add_file(request: CallerRequest, organization: str, project: str) -> Status[dict[str, Any]]:
    place = edit_project(request.auth, organization, project)
    return Status(201, _saved(request, place, None))


@router.put(
    CODEOWNERS + "{file}/",
    response={200: CodeOwners, **REFUSED, **CLOSED},
    by_alias=True,
    summary="Change an imported CODEOWNERS file",
    openapi_extra=sent(CodeOwnersToSave),
)
def change_file(request: CallerRequest, organization: str, project: str, file: str) -> dict[str, Any]:
    place = edit_project(request.auth, organization, project)
    return _saved(request, place, _number(file))


@router.delete(CODEOWNERS + "{file}/", response={204: None, **CLOSED}, summary="Remove a CODEOWNERS file")
def remove_file(request: CallerRequest, organization: str, project: str, file: str) -> HttpResponse:
    place = edit_project(request.auth, organization, project)
    if not writes.remove_file(place, _number(file), actor_id=request.auth.user.pk, now=request.auth.now):
        raise _no_file()
    return HttpResponse(status=204)


def _saved(request: CallerRequest, place: models.Project, file_id: int | None) -> dict[str, Any]:
    caller = request.auth
    body: Mapping[str, Any] = json_object(request)
    saved = pipeline.save_file(place, body, file_id=file_id, actor_id=caller.user.pk, now=caller.now)
    if isinstance(saved, Refused):
        raise RefusedError(saved.reasons)
    if saved is None:
        raise _no_file()
    return _file(saved, _standing(place))


def _ownership(place: models.Project) -> dict[str, Any]:
    return ownership_json(queries.written(place.pk), queries.resolvable([place.pk])[place.pk])


def _file(row: models.CodeOwners, who: Standing) -> dict[str, Any]:
    """`errors` are the names that stand for nobody here, by why; `notes` the lines that were left out."""
    found = who.convert(row)
    return {
        "id": str(row.pk),
        "raw": row.raw,
        "dateCreated": moment(row.date_created),
        "dateUpdated": moment(row.date_updated),
        "repository": row.repository,
        "branch": row.branch,
        "sourceRoot": row.source_root,
        "stackRoot": row.stack_root,
        "ownershipSyntax": as_text(found.rules),
        "schema": schema_json(found.rules),
        "errors": {why: list(names) for why, names in asdict(missing(found.unknown, who.names)).items()},
        "notes": [str(note) for note in found.notes],
    }


def _standing(place: models.Project) -> Standing:
    return pipeline.standing(place.pk, place.organization_id)


def _number(file: str) -> int:
    if file.isascii() and file.isdigit() and len(file) <= MOST_DIGITS:
        return int(file)
    raise _no_file()


def _no_file() -> MissingError:
    return MissingError("There is no such CODEOWNERS file in this project.")

"""Issues: read one, change one or many, its activities and comments (behaviour §10.2, §10.5)."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Status

from tocsin.api.access import Caller, CallerRequest, enter, may_read, read_project
from tocsin.api.body import json_object
from tocsin.api.errors import ForbiddenError, MissingError, RefusedError
from tocsin.api.issue_json import activity_json, whole_json
from tocsin.api.shapes import CLOSED, REFUSED, ActivityShape, CommentToSave, IssueShape, IssueToChange, sent
from tocsin.core.commands import InvalidCommandError
from tocsin.core.issue_update import Wanted, parse
from tocsin.pipeline import comment as comments
from tocsin.pipeline.assignment import By
from tocsin.pipeline.issue_update import update
from tocsin.store.models import Issue
from tocsin.store.queries import api_places, issue_api

router = Router(tags=["Issues"])

ONE = "/issues/{issue}/"
ONE_OF = "/organizations/{organization}/issues/{issue}/"
MANY = "/organizations/{organization}/issues/"
MANY_OF_PROJECT = "/projects/{organization}/{project}/issues/"
MOST = 1_000
MOST_AT_ONCE = 500
MOST_DIGITS = 18  # a bigint holds them


@router.get(ONE, response={200: IssueShape, **CLOSED}, summary="Read an issue")
def read_issue(request: CallerRequest, issue: str) -> dict[str, Any]:
    return _whole(find_issue(request.auth, issue), request.auth)


@router.get(ONE_OF, response={200: IssueShape, **CLOSED}, summary="Read an issue of an organization")
def read_issue_of(request: CallerRequest, organization: str, issue: str) -> dict[str, Any]:
    return _whole(find_issue(request.auth, issue, organization), request.auth)


@router.put(
    ONE,
    response={200: IssueShape, **REFUSED, **CLOSED},
    summary="Change an issue",
    openapi_extra=sent(IssueToChange),
)
def change_issue(request: CallerRequest, issue: str) -> dict[str, Any]:
    return _changed(request, find_issue(request.auth, issue))


@router.put(
    ONE_OF,
    response={200: IssueShape, **REFUSED, **CLOSED},
    summary="Change an issue of an organization",
    openapi_extra=sent(IssueToChange),
)
def change_issue_of(request: CallerRequest, organization: str, issue: str) -> dict[str, Any]:
    return _changed(request, find_issue(request.auth, issue, organization))


@router.put(
    MANY,
    response={200: dict[str, Any], **REFUSED, **CLOSED},
    summary="Change many issues at once",
    openapi_extra=sent(IssueToChange),
)
def change_issues(
    request: CallerRequest,
    organization: str,
    id: Query[list[str]] = [],  # noqa: A002, B006 — the wire's name; ninja copies it
) -> dict[str, Any]:
    membership = enter(request.auth, organization)
    if not may_read(membership):
        raise ForbiddenError(f"The role {membership.role!r} does not include issues.")
    return _change_many(request, membership.organization_id, None, id)


@router.put(
    MANY_OF_PROJECT,
    response={200: dict[str, Any], **REFUSED, **CLOSED},
    summary="Change many issues of a project",
    openapi_extra=sent(IssueToChange),
)
def change_issues_of_project(
    request: CallerRequest,
    organization: str,
    project: str,
    id: Query[list[str]] = [],  # noqa: A002, B006 — the wire's name; ninja copies it
) -> dict[str, Any]:
    place = read_project(request.auth, organization, project)
    return _change_many(request, place.organization_id, place.pk, id)


@router.get(ONE + "activities/", response={200: dict[str, Any], **CLOSED}, summary="What happened to an issue")
def list_activities(request: CallerRequest, issue: str) -> dict[str, Any]:
    found = find_issue(request.auth, issue)
    return {"activity": [activity_json(one) for one in issue_api.activities(found.pk)[:MOST]]}


@router.get(ONE + "comments/", response={200: list[ActivityShape], **CLOSED}, summary="List an issue's comments")
def list_comments(request: CallerRequest, issue: str) -> list[dict[str, Any]]:
    found = find_issue(request.auth, issue)
    return [activity_json(one) for one in issue_api.comments(found.pk)[:MOST]]


@router.post(
    ONE + "comments/",
    response={201: ActivityShape, **REFUSED, **CLOSED},
    summary="Comment on an issue",
    openapi_extra=sent(CommentToSave),
)
def add_comment(request: CallerRequest, issue: str) -> Status[dict[str, Any]]:
    found = find_issue(request.auth, issue)
    body = json_object(request)
    mentions = body.get("mentions") or []
    if not isinstance(body.get("text"), str):
        raise RefusedError({"text": ["This field is required."]})
    if not isinstance(mentions, list) or len(mentions) > MOST:
        raise RefusedError({"mentions": ["Give a list of user:ID and team:ID."]})
    try:
        made = comments.comment(
            _place(found),
            body["text"],
            author_id=request.auth.user.pk,
            now=request.auth.now,
            mentions=[str(one) for one in mentions],
        )
    except InvalidCommandError as error:
        raise RefusedError({error.field: [str(error)]}) from None
    return Status(201, activity_json(issue_api.comments(found.pk).get(pk=made)))


@router.put(
    ONE + "comments/{comment}/",
    response={200: ActivityShape, **REFUSED, **CLOSED},
    summary="Change a comment of your own",
    openapi_extra=sent(CommentToSave),
)
def change_comment(request: CallerRequest, issue: str, comment: str) -> dict[str, Any]:
    found = find_issue(request.auth, issue)
    if not issue_api.comments(found.pk).filter(pk=number_of(comment), user_id=request.auth.user.pk).exists():
        raise MissingError("There is no such comment of yours.")
    text = json_object(request).get("text")
    if not isinstance(text, str):
        raise RefusedError({"text": ["This field is required."]})
    try:
        comments.edit(_place(found), number_of(comment), text, author_id=request.auth.user.pk)
    except InvalidCommandError as error:
        raise RefusedError({error.field: [str(error)]}) from None
    return activity_json(issue_api.comments(found.pk).get(pk=number_of(comment)))


@router.delete(
    ONE + "comments/{comment}/", response={204: None, **CLOSED}, summary="Take a comment of your own back"
)
def delete_comment(request: CallerRequest, issue: str, comment: str) -> HttpResponse:
    found = find_issue(request.auth, issue)
    if not comments.delete(_place(found), number_of(comment), author_id=request.auth.user.pk):
        raise MissingError("There is no such comment of yours.")
    return HttpResponse(status=204)


def number_of(text: str) -> int:
    """An id of an address; 0, which no row has, for what is none."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else 0


def find_issue(caller: Caller, text: str, organization: str = "") -> Issue:
    """An issue that the caller may read; others' are as if they did not exist."""
    memberships = api_places.memberships(caller.user.pk, caller.organization_id)
    mine = {
        one.organization_id
        for one in memberships
        if may_read(one) and organization in ("", one.organization.slug, str(one.organization_id))
    }
    found = issue_api.of_organizations(number_of(text), mine)
    if found is None:
        raise MissingError("There is no such issue, or it is not your organization's.")
    return found


def _place(issue: Issue) -> comments.Place:
    return comments.Place(issue.project.organization_id, issue.project_id, issue.pk)


def _whole(issue: Issue, caller: Caller) -> dict[str, Any]:
    return whole_json(issue_api.whole(issue, caller.user.pk))


def _wanted(request: CallerRequest) -> Wanted:
    wanted, reasons = parse(json_object(request), request.auth.now)
    if reasons:
        raise RefusedError(reasons)
    return wanted


def _changed(request: CallerRequest, issue: Issue) -> dict[str, Any]:
    _do(request, issue.project.organization_id, [issue.pk])
    return _whole(find_issue(request.auth, str(issue.pk)), request.auth)


def _change_many(
    request: CallerRequest, organization_id: int, project_id: int | None, texts: Sequence[str]
) -> dict[str, Any]:
    """The body as it was sent, as Sentry's clients expect; issues that are not there are left alone."""
    if not texts:
        raise RefusedError({"id": ["Name the issues: ?id=12&id=13."]})
    if len(texts) > MOST_AT_ONCE:
        raise RefusedError({"id": [f"At most {MOST_AT_ONCE} issues at once."]})
    _do(request, organization_id, issue_api.ids(organization_id, [number_of(one) for one in texts], project_id))
    return dict(json_object(request))


def _do(request: CallerRequest, organization_id: int, issue_ids: list[int]) -> None:
    wanted = _wanted(request)
    try:
        update(
            organization_id=organization_id,
            issue_ids=issue_ids,
            wanted=wanted,
            by=By(request.auth.user.pk),
            now=request.auth.now,
        )
    except InvalidCommandError as error:
        raise RefusedError({error.field: [str(error)]}) from None

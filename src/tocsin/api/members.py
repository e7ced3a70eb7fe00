"""Who is in an organization, who is invited, who asks (as Sentry's clients call it)."""

from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from tocsin.api.access import CallerRequest, enter
from tocsin.api.body import json_object
from tocsin.api.errors import ForbiddenError, MissingError, RefusedError
from tocsin.api.issue_json import user_json
from tocsin.api.issues import number_of
from tocsin.api.rule_json import moment
from tocsin.api.shapes import CLOSED, REFUSED, MemberToInvite, sent
from tocsin.core.roles import MAY_INVITE
from tocsin.pipeline import members as commands
from tocsin.pipeline.members import NotAllowedError, UnusableError, Wanted
from tocsin.store.models import MemberRequest, Membership
from tocsin.store.queries import members as queries

router = Router(tags=["Members"])

MEMBERS = "/organizations/{organization}/members/"
REQUESTS = "/organizations/{organization}/invite-requests/"


@router.get(MEMBERS, response={200: list[dict[str, Any]], **CLOSED}, summary="List the members")
def list_members(request: CallerRequest, organization: str) -> list[dict[str, Any]]:
    mine = enter(request.auth, organization)
    return [_member(one) for one in queries.members(mine.organization_id)]


@router.post(
    MEMBERS,
    response={201: dict[str, Any], **REFUSED, **CLOSED},
    summary="Invite somebody",
    openapi_extra=sent(MemberToInvite),
)
def invite(request: CallerRequest, organization: str) -> Status[dict[str, Any]]:
    mine = enter(request.auth, organization)
    try:
        done = commands.invite(mine, _wanted(request), request.auth.now)
    except NotAllowedError as error:
        raise ForbiddenError(str(error)) from None
    except UnusableError as error:
        raise RefusedError({error.field: [str(error)]}) from None
    return Status(201, {"email": done.email, "pending": True, "mailed": done.mailed})


@router.delete(MEMBERS + "{member}/", response={204: None, **REFUSED, **CLOSED}, summary="Take a member out")
def remove(request: CallerRequest, organization: str, member: str) -> HttpResponse:
    mine = enter(request.auth, organization)
    if queries.member(mine.organization_id, number_of(member)) is None:
        raise MissingError("There is no such member in this organization.")
    try:
        commands.remove(mine, number_of(member), request.auth.now)
    except NotAllowedError as error:
        raise ForbiddenError(str(error)) from None
    except UnusableError as error:
        raise RefusedError({error.field: [str(error)]}) from None
    return HttpResponse(status=204)


@router.get(REQUESTS, response={200: list[dict[str, Any]], **CLOSED}, summary="List who asks to be let in")
def list_requests(request: CallerRequest, organization: str) -> list[dict[str, Any]]:
    mine = enter(request.auth, organization)
    if mine.role not in MAY_INVITE:
        raise ForbiddenError("Owners and managers decide who is let in.")
    return [_request(one) for one in queries.waiting(mine.organization_id)]


@router.post(
    REQUESTS,
    response={201: dict[str, Any], **REFUSED, **CLOSED},
    summary="Ask that somebody be invited",
    openapi_extra=sent(MemberToInvite),
)
def ask(request: CallerRequest, organization: str) -> Status[dict[str, Any]]:
    mine = enter(request.auth, organization)
    try:
        made = commands.ask_to_invite(mine, _wanted(request), request.auth.now)
    except UnusableError as error:
        raise RefusedError({error.field: [str(error)]}) from None
    if made is None:
        raise RefusedError({"email": ["Somebody has asked for that address already."]})
    return Status(201, _request(made))


@router.put(
    REQUESTS + "{member_request}/",
    response={200: dict[str, Any], **REFUSED, **CLOSED},
    summary='Approve ({"approve": true}) or reject a request',
)
def decide(request: CallerRequest, organization: str, member_request: str) -> dict[str, Any]:
    mine = enter(request.auth, organization)
    if queries.request(mine.organization_id, number_of(member_request)) is None:
        raise MissingError("There is no such request in this organization.")
    approve = json_object(request).get("approve")
    if not isinstance(approve, bool):
        raise RefusedError({"approve": ["Give true or false."]})
    try:
        commands.decide(mine, number_of(member_request), approve=approve, now=request.auth.now)
    except NotAllowedError as error:
        raise ForbiddenError(str(error)) from None
    except UnusableError as error:
        raise RefusedError({error.field: [str(error)]}) from None
    return {"id": member_request, "state": "approved" if approve else "rejected"}


def _wanted(request: CallerRequest) -> Wanted:
    body = json_object(request)
    email, role, teams = body.get("email"), body.get("role", "member"), body.get("teams") or []
    reasons = {}
    if not isinstance(email, str) or not email.strip() or len(email) > 254:
        reasons["email"] = ["This field is required."]
    if not isinstance(role, str):
        reasons["role"] = ["Give a role."]
    if not isinstance(teams, list):
        reasons["teams"] = ["Give a list of team ids."]
    if reasons:
        raise RefusedError(reasons)
    return Wanted(str(email), str(role), [number_of(str(one)) for one in teams])


def _member(one: Membership) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "email": one.user.email,
        "name": one.user.display_name,
        "user": user_json(one.user),
        "orgRole": one.role,
        "role": one.role,
        "pending": one.pending,
        "dateCreated": moment(one.date_added),
    }


def _request(one: MemberRequest) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "email": one.email,
        "name": one.name,
        "role": one.role,
        "inviteStatus": "requested_to_join" if one.kind == "join" else "requested_to_be_invited",
        "inviterName": one.asked_by.display_name if one.asked_by else None,
        "dateCreated": moment(one.date_added),
    }

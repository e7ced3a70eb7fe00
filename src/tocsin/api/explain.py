"""Who was told and why, who was not, and who would be: decision traces, and the same decisions run dry."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from ninja import Router

from tocsin.api.access import Caller, CallerRequest, enter, may_read, read_project
from tocsin.api.errors import ForbiddenError, MissingError, RefusedError
from tocsin.api.issues import find_issue, number_of
from tocsin.api.rule_json import moment
from tocsin.api.shapes import CLOSED, REFUSED
from tocsin.core.commands import InvalidCommandError
from tocsin.core.reasons import SENTENCES, Reason
from tocsin.pipeline import explain, whatif
from tocsin.pipeline.assignment import parse_assignee
from tocsin.store.models import Membership
from tocsin.store.queries import told, untold
from tocsin.store.queries.told import Told, ToldDelivery

router = Router(tags=["Explanations"])

DAYS, MOST_DAYS = 7, 90


@router.get(
    "/issues/{issue}/notifications/",
    response={200: list[dict[str, Any]], **CLOSED},
    summary="Who was told of an issue, and why",
)
def issue_notifications(request: CallerRequest, issue: str) -> list[dict[str, Any]]:
    found = find_issue(request.auth, issue)
    latest, _ = told.of_issue(found.project.organization_id, found.pk)
    return [_told(one) for one in latest]


@router.get(
    "/issues/{issue}/explain/",
    response={200: list[dict[str, Any]], **CLOSED},
    summary="Why you, or another member, were told of an issue or not",
)
def explain_issue(request: CallerRequest, issue: str, user: str = "me") -> list[dict[str, Any]]:
    found = find_issue(request.auth, issue)
    user_id = request.auth.user.pk if user == "me" else number_of(user)
    try:
        explained = explain.of_issue(found.project.organization_id, found.pk, user_id)
    except explain.NothingToExplainError as error:
        raise MissingError(str(error)) from None
    return [
        {
            "notification": str(one.notification_id),
            "kind": one.kind,
            "dateCreated": moment(one.decided),
            "told": one.was_told,
            "considered": one.considered,
            "steps": list(one.steps),
            "deliveries": [_delivery(each) for each in one.deliveries],
        }
        for one in explained
    ]


@router.get(
    "/organizations/{organization}/notifications/{notification}/",
    response={200: dict[str, Any], **CLOSED},
    summary="One notification with its decision trace",
)
def read_notification(request: CallerRequest, organization: str, notification: str) -> dict[str, Any]:
    membership = _reader(request.auth, organization)
    found = told.one(membership.organization_id, number_of(notification))
    if found is None:
        raise MissingError("There is no such notification in this organization.")
    return _told(found)


@router.get(
    "/organizations/{organization}/untold/",
    response={200: list[dict[str, Any]], **REFUSED, **CLOSED},
    summary="What you were not told of lately, and why",
)
def list_untold(request: CallerRequest, organization: str, days: int = DAYS) -> list[dict[str, Any]]:
    membership = enter(request.auth, organization)
    if not 1 <= days <= MOST_DAYS:
        raise RefusedError({"days": [f"Give a number from 1 to {MOST_DAYS}."]})
    since = request.auth.now - timedelta(days=days)
    missed, _ = untold.of_person(request.auth.user.pk, [membership.organization_id], since)
    return [
        {
            "notification": str(one.notification_id),
            "kind": one.kind,
            "project": one.project or None,
            "issue": str(one.issue_id) if one.issue_id else None,
            "shortId": one.short_id or None,
            "title": one.title,
            "reason": one.reason,
            "sentence": SENTENCES[Reason(one.reason)] if one.reason in set(Reason) else one.reason,
            "cause": one.cause,
            "dateCreated": moment(one.moment),
        }
        for one in missed
    ]


@router.get(
    "/projects/{organization}/{project}/what-if/",
    response={200: list[dict[str, Any]], **CLOSED},
    summary="Who would hear if each alert rule of a project fired now",
)
def if_alerted(request: CallerRequest, organization: str, project: str, issue: str = "") -> list[dict[str, Any]]:
    place = read_project(request.auth, organization, project)
    try:
        supposed = whatif.if_alerted(
            organization_id=place.organization_id,
            project_id=place.pk,
            issue_id=number_of(issue) if issue else None,
        )
    except whatif.NothingThereError as error:
        raise MissingError(str(error)) from None
    return [_supposed(one) for one in supposed]


@router.get(
    "/issues/{issue}/what-if/",
    response={200: dict[str, Any], **REFUSED, **CLOSED},
    summary="Who would hear if an issue were assigned to somebody now",
)
def if_assigned(request: CallerRequest, issue: str, assignedTo: str = "") -> dict[str, Any]:  # noqa: N803 — the wire's
    found = find_issue(request.auth, issue)
    try:
        supposed = whatif.if_assigned(
            organization_id=found.project.organization_id,
            issue_id=found.pk,
            to=parse_assignee(assignedTo),
            actor_id=request.auth.user.pk,
        )
    except InvalidCommandError as error:
        raise RefusedError({error.field: [str(error)]}) from None
    return _supposed(supposed)


def _reader(caller: Caller, organization: str) -> Membership:
    membership = enter(caller, organization)
    if not may_read(membership):
        raise ForbiddenError(f"The role {membership.role!r} does not include messages.")
    return membership


def _told(one: Told) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "kind": one.kind,
        "eventId": one.event_id or None,
        "dateCreated": moment(one.decided),
        "trace": list(one.trace),
        "deliveries": [_delivery(each) for each in one.deliveries],
    }


def _delivery(one: ToldDelivery) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "provider": one.provider,
        "to": one.label,
        "state": one.state,
        "reason": one.reason,
        "attempts": one.attempts,
    }


def _supposed(one: whatif.Supposed) -> dict[str, Any]:
    return {
        "what": one.what,
        "destinations": [
            {
                "provider": planned.destination.provider,
                "to": planned.destination.label,
                "user": str(planned.destination.user_id) if planned.destination.user_id else None,
                "why": planned.reason,
                "suppressed": planned.suppressed.value if planned.suppressed else None,
            }
            for planned in one.routed.planned
        ],
        "trace": _steps(one),
    }


def _steps(one: whatif.Supposed) -> Iterable[dict[str, Any]]:
    return [step.as_json() for step in one.routed.trace]

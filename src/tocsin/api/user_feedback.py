"""What people who use an application say they saw (as Sentry's clients send and list it)."""

from typing import Any

from ninja import Router, Status

from tocsin.api.access import CallerRequest, read_project
from tocsin.api.body import json_object
from tocsin.api.errors import RefusedError
from tocsin.api.rule_json import moment
from tocsin.api.shapes import CLOSED, REFUSED, FeedbackToSave, sent
from tocsin.formats.feedback import report
from tocsin.pipeline.feedback import take
from tocsin.store.models import Feedback

router = Router(tags=["User feedback"])

ADDRESS = "/projects/{organization}/{project}/user-feedback/"
LATEST = 100


@router.get(ADDRESS, response={200: list[dict[str, Any]], **CLOSED}, summary="List a project's latest feedback")
def list_feedback(request: CallerRequest, organization: str, project: str) -> list[dict[str, Any]]:
    place = read_project(request.auth, organization, project)
    found = Feedback.objects.filter(project=place).order_by("-date_added", "-pk")[:LATEST]
    return [_shown(one) for one in found]


@router.post(
    ADDRESS,
    response={200: dict[str, Any], **REFUSED, **CLOSED},
    summary="Send feedback about an event",
    openapi_extra=sent(FeedbackToSave),
)
def send_feedback(request: CallerRequest, organization: str, project: str) -> Status[dict[str, Any]]:
    place = read_project(request.auth, organization, project)
    body = json_object(request)
    said = report(body)
    if said is None:
        raise RefusedError({"comments": ["This field is required."]})
    if not said.event_id:
        raise RefusedError({"event_id": ["Give the id of an event: 32 hexadecimal digits."]})
    taken = take(place.pk, said, request.auth.now)
    shown = {**said._asdict(), "issue": str(taken.issue_id) if taken.issue_id else None, "new": taken.is_new}
    return Status(200, shown)


def _shown(one: Feedback) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "eventID": one.event_id or None,
        "name": one.name,
        "email": one.email,
        "comments": one.comments,
        "issue": str(one.issue_id) if one.issue_id else None,
        "dateCreated": moment(one.date_added),
    }

"""Trying what an alert rule does: the real alert to the real target, with the true answer (behaviour §5.8)."""

from collections.abc import Mapping
from typing import Any

from ninja import Router, Schema

from tocsin.api.access import CallerRequest, edit_project
from tocsin.api.body import json_object
from tocsin.api.errors import MissingError, RefusedError, TooManyError
from tocsin.api.shapes import CLOSED, REFUSED, Detail, sent
from tocsin.core.rule_check import Refusal
from tocsin.pipeline.try_actions import Answer, TooManyTestsError, try_actions
from tocsin.store.models import Project
from tocsin.store.queries import rules_api

router = Router(tags=["Alert rules"])

ADDRESS = "/projects/{organization}/{project}/"


class ActionsToTry(Schema):
    """The actions of a rule; `name` is what the message calls it."""

    actions: list[dict[str, Any]]
    name: str = "Test Alert"


class Tried(Schema):
    """What one destination answered; `delivery` is its number in the ledger."""

    to: str
    delivery: str | None
    state: str
    outcome: str
    reason: str


class TriedShape(Schema):
    success: bool
    actions: list[Tried]


ANSWERS: dict[int, Any] = {200: TriedShape, **REFUSED, **CLOSED, 429: Detail}


@router.post(
    ADDRESS + "rule-actions/",
    response=ANSWERS,
    summary="Send what a rule's actions would send",
    openapi_extra=sent(ActionsToTry),
)
def try_rule_actions(request: CallerRequest, organization: str, project: str) -> dict[str, Any]:
    place = edit_project(request.auth, organization, project)
    return _tried(request, place, json_object(request))


@router.post(ADDRESS + "rules/{rule}/test/", response=ANSWERS, summary="Send what a stored rule would send")
def try_rule(request: CallerRequest, organization: str, project: str, rule: str) -> dict[str, Any]:
    place = edit_project(request.auth, organization, project)
    number = int(rule) if rule.isascii() and rule.isdigit() and len(rule) <= 18 else 0
    shown = rules_api.one(place.pk, number)
    if shown is None:
        raise MissingError("There is no such rule in this project.")
    return _tried(request, place, {"name": shown.rule.label, "actions": shown.rule.data.get("actions", [])})


def _tried(request: CallerRequest, place: Project, body: Mapping[str, Any]) -> dict[str, Any]:
    """Clients read reasons under `actions` from a 400."""
    try:
        found = try_actions(place, body, request.auth.now)
    except TooManyTestsError as error:
        raise TooManyError(str(error)) from None
    if isinstance(found, Refusal):
        raise RefusedError(found.reasons)
    failed = [f"{one.to}: {one.reason}" for one in found if not one.is_good and one.state != "queued"]
    if failed:
        raise RefusedError({"actions": failed})
    return {"success": True, "actions": [_answer(one) for one in found]}


def _answer(one: Answer) -> dict[str, Any]:
    return {
        "to": one.to,
        "delivery": None if one.delivery_id is None else str(one.delivery_id),
        "state": one.state,
        "outcome": one.outcome,
        "reason": one.reason,
    }

"""Quiet for an alert rule, for me or for everyone (behaviour §5.10)."""

# ruff: noqa: N815 — the names are the wire's

from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema, Status

from tocsin.api.access import CallerRequest, edit_rule
from tocsin.api.body import json_object
from tocsin.api.errors import GoneError, MissingError, RefusedError
from tocsin.api.rule_json import moment
from tocsin.api.rules import ADDRESS, no_rule, rule_of
from tocsin.api.shapes import CLOSED, REFUSED, Detail, sent
from tocsin.core.rule_snooze import Whom, read
from tocsin.pipeline import rule_snooze
from tocsin.pipeline.rule_snooze import Already
from tocsin.store.models import RuleSnooze

router = Router(tags=["Alert rules"])

SNOOZE = ADDRESS + "{rule}/snooze/"


class Snoozed(Schema):
    """`userId` is "everyone", or the id of the one for whom; `until` "forever", or a time."""

    ownerId: int | None
    userId: int | str
    until: str
    dateAdded: str
    ruleId: int
    alertRuleId: None
    reason: str


class SnoozeToMake(Schema):
    """`target` is "me" or "everyone"; without `until` (ISO 8601) it is for good."""

    target: str
    until: str | None = None
    reason: str = ""


@router.post(
    SNOOZE,
    response={201: Snoozed, 410: Detail, **REFUSED, **CLOSED},
    summary="Snooze an alert rule",
    openapi_extra=sent(SnoozeToMake),
)
def snooze_rule(request: CallerRequest, organization: str, project: str, rule: str) -> Status[dict[str, Any]]:
    caller = request.auth
    place, rule_id = rule_of(request, organization, project, rule)
    ask = read(json_object(request), caller.now)
    if isinstance(ask, dict):
        raise RefusedError(ask)
    if ask.whom is Whom.EVERYONE:
        edit_rule(caller, organization, project, rule_id)
    made = rule_snooze.snooze(place, rule_id, ask, actor_id=caller.user.pk, now=caller.now)
    if made is None:
        raise no_rule()
    if isinstance(made, Already):
        until = moment(made.snooze.until) or "it is ended by hand"
        raise GoneError(f"The rule is snoozed for {ask.whom.value} already, until {until}.")
    return Status(201, _as_json(made))


@router.delete(SNOOZE, response={204: None, **CLOSED}, summary="Wake a snoozed alert rule")
def wake_rule(request: CallerRequest, organization: str, project: str, rule: str) -> HttpResponse:
    """Ends the caller's own snooze; where there is none, that of everyone."""
    caller = request.auth
    place, rule_id = rule_of(request, organization, project, rule)
    now, actor = caller.now, caller.user.pk
    if rule_snooze.wake(place, rule_id, Whom.ME, actor_id=actor, now=now):
        return HttpResponse(status=204)
    if rule_snooze.is_quiet(place, rule_id):
        edit_rule(caller, organization, project, rule_id)
        if rule_snooze.wake(place, rule_id, Whom.EVERYONE, actor_id=actor, now=now):
            return HttpResponse(status=204)
    raise MissingError("This rule is snoozed neither for you nor for everyone.")


def _as_json(row: RuleSnooze) -> dict[str, Any]:
    return {
        "ownerId": row.owner_id,
        "userId": "everyone" if row.user_id is None else row.user_id,
        "until": moment(row.until) or "forever",
        "dateAdded": moment(row.date_added),
        "ruleId": row.rule_id,
        "alertRuleId": None,
        "reason": row.reason,
    }

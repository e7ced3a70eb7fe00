"""What an alert rule would have done in the last days, before it is saved (behaviour §5.8)."""

# ruff: noqa: N815 — the names are the wire's

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from tocsin.api.access import CallerRequest, read_project
from tocsin.api.body import json_object
from tocsin.api.errors import RefusedError, TooManyError
from tocsin.api.issue_json import issue_json
from tocsin.api.rule_json import moment
from tocsin.api.shapes import CLOSED, REFUSED, Detail, ListedIssue, sent
from tocsin.core.rule_check import Refusal
from tocsin.pipeline.backtest import DAYS, MOST_DAYS, Backtested, Outcome, PlayingError, of_draft
from tocsin.store.queries import issue_api

router = Router(tags=["Alert rules"])

ADDRESS = "/projects/{organization}/{project}/rules/"
MOST_ISSUES = 100
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)


class RuleToPreview(Schema):
    """A rule as it is being edited; `rule` is the id of the stored one that it would replace."""

    conditions: list[dict[str, Any]] = []
    filters: list[dict[str, Any]] = []
    actions: list[dict[str, Any]] = []
    actionMatch: str = "all"
    filterMatch: str = "all"
    frequency: int = 30
    endpoint: str | None = None
    rule: str | None = None
    days: int = DAYS


class PreviewedIssue(ListedIssue):
    """An issue that the rule would have fired for, and when last."""

    lastTriggered: str | None


class WouldFire(Schema):
    """One firing; one that is not `isExact` has events in it that were counted and not kept."""

    at: str
    issue: str
    shortId: str
    title: str
    eventId: str
    isExact: bool
    messages: int


class Told(Schema):
    to: str
    messages: int


class OutcomeShape(Schema):
    """`firings` are the latest 500; the numbers are of all."""

    fired: int
    exact: int
    messages: int
    heldByLimit: int
    errors: int
    lastError: str
    told: list[Told]
    firings: list[WouldFire]


class BacktestShape(Schema):
    """The draft beside the stored rule; `notes` say what is exact and what is estimated."""

    begins: str
    ends: str
    events: int
    kept: int
    draft: OutcomeShape
    current: OutcomeShape | None
    notes: list[str]


@router.post(
    ADDRESS + "preview/",
    response={200: list[PreviewedIssue], **REFUSED, **CLOSED, 429: Detail},
    summary="List the issues that a rule would have fired for",
    openapi_extra=sent(RuleToPreview),
)
def preview_rule(
    request: CallerRequest, response: HttpResponse, organization: str, project: str
) -> list[dict[str, Any]]:
    found = _asked(request, organization, project)
    response["Endpoint"] = moment(found.ends) or ""
    last = sorted(found.draft.last_fired.items(), key=lambda one: one[1], reverse=True)[:MOST_ISSUES]
    shown = {one.pk: one for one in issue_api.listed([issue for issue, _ in last])}
    return [{**issue_json(shown[issue]), "lastTriggered": moment(at)} for issue, at in last if issue in shown]


@router.post(
    ADDRESS + "backtest/",
    response={200: BacktestShape, **REFUSED, **CLOSED, 429: Detail},
    summary="Play the last days through a rule, beside the stored one",
    openapi_extra=sent(RuleToPreview),
)
def backtest_rule(request: CallerRequest, organization: str, project: str) -> dict[str, Any]:
    found = _asked(request, organization, project)
    return {
        "begins": moment(found.begins),
        "ends": moment(found.ends),
        "events": found.events,
        "kept": found.kept,
        "draft": _outcome(found.draft),
        "current": None if found.current is None else _outcome(found.current),
        "notes": list(found.notes),
    }


def _asked(request: CallerRequest, organization: str, project: str) -> Backtested:
    place = read_project(request.auth, organization, project)
    body = json_object(request)
    now = request.auth.now
    at, days, rule = _endpoint(body.get("endpoint"), now), _days(body), _number(body.get("rule"))
    try:
        found = of_draft(place, body, now=at, rule_id=rule, days=days)
    except PlayingError as error:
        raise TooManyError(str(error)) from None
    if isinstance(found, Refusal):
        raise RefusedError(found.reasons)
    return found


def _days(body: Any) -> int:
    days = body.get("days", DAYS)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise RefusedError({"days": [f"days must be a whole number from 1 to {MOST_DAYS}."]})
    return days


def _number(given: object) -> int | None:
    text = str(given or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _endpoint(given: object, now: datetime) -> datetime:
    """Up to when; clients send back what the first answer's header said."""
    if given in (None, ""):
        return now
    try:
        at = datetime.fromisoformat(str(given))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not EARLIEST <= at <= now:
        raise RefusedError({"endpoint": ["endpoint must be a moment that is past, with its time zone."]})
    return at


def _outcome(one: Outcome) -> dict[str, Any]:
    return {
        "fired": one.fired,
        "exact": one.exact,
        "messages": one.messages,
        "heldByLimit": one.held_by_limit,
        "errors": one.errors,
        "lastError": one.error,
        "told": [{"to": to, "messages": count} for to, count in one.told],
        "firings": [
            {
                "at": moment(fired.at),
                "issue": str(fired.issue_id),
                "shortId": fired.short_id,
                "title": fired.title,
                "eventId": fired.event_id,
                "isExact": fired.is_exact,
                "messages": fired.messages,
            }
            for fired in one.firings
        ],
    }

"""When an alert rule fired, hour by hour and issue by issue (behaviour §5.8)."""

# ruff: noqa: N815 — the names are the wire's

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from tocsin.api.access import CallerRequest
from tocsin.api.issue_json import issue_json
from tocsin.api.pages import NotUnderstoodError, first_of, neighbours
from tocsin.api.rule_json import moment
from tocsin.api.rules import ADDRESS, rule_of
from tocsin.api.shapes import CLOSED, Detail, ListedIssue
from tocsin.core.periods import HOUR, InvalidPeriodError, Period, period
from tocsin.store.queries import issue_api, rule_history

router = Router(tags=["Alert rules"])


class HourOfFirings(Schema):
    """`heldBack` counts what its frequency, its hourly limit and snoozes kept from firing, by name."""

    date: str
    count: int
    heldBack: dict[str, int]


class GroupOfFirings(Schema):
    group: ListedIssue
    count: int
    lastTriggered: str
    eventId: str


@router.get(
    ADDRESS + "{rule}/stats/",
    response={200: list[HourOfFirings], 400: Detail, **CLOSED},
    summary="How often an alert rule fired, hour by hour",
)
def rule_stats(  # noqa: PLR0913, PLR0917 — the parameters of the wire
    request: CallerRequest,
    organization: str,
    project: str,
    rule: str,
    statsPeriod: str = "",  # noqa: N803
    start: str = "",
    end: str = "",
) -> list[dict[str, Any]]:
    place, rule_id = rule_of(request, organization, project, rule)
    within = _period(request, statsPeriod, start, end)
    found = rule_history.hours(rule_id, place.pk, within)
    nothing = rule_history.Hour()
    return [_hour(hour, found.get(hour, nothing)) for hour in within.hours]


@router.get(
    ADDRESS + "{rule}/group-history/",
    response={200: list[GroupOfFirings], 400: Detail, **CLOSED},
    summary="For which issues an alert rule fired",
)
def rule_group_history(  # noqa: PLR0913, PLR0917 — the parameters of the wire
    request: CallerRequest,
    response: HttpResponse,
    organization: str,
    project: str,
    rule: str,
    statsPeriod: str = "",  # noqa: N803
    start: str = "",
    end: str = "",
    per_page: int = 25,
    cursor: str = "",
) -> list[dict[str, Any]]:
    place, rule_id = rule_of(request, organization, project, rule)
    within = _period(request, statsPeriod, start, end)
    first = first_of(cursor, per_page)
    found = rule_history.groups(rule_id, place.pk, within, first, per_page + 1)
    shown = found[:per_page]
    response["Link"] = neighbours(request, first, per_page, more=len(found) > per_page)
    issues = {one.id: one for one in issue_api.listed([one.issue_id for one in shown])}
    return [
        {
            "group": issue_json(issues[one.issue_id]),
            "count": one.count,
            "lastTriggered": moment(one.last),
            "eventId": one.event_id,
        }
        for one in shown
        if one.issue_id in issues
    ]


def _period(request: CallerRequest, stats_period: str, start: str, end: str) -> Period:
    try:
        return period(stats_period, start, end, request.auth.now)
    except InvalidPeriodError as error:
        raise NotUnderstoodError(str(error)) from None


def _hour(hour: int, found: rule_history.Hour) -> dict[str, Any]:
    held = {"frequency": found.by_frequency, "limit": found.by_limit, "snooze": found.by_snooze}
    return {"date": moment(datetime.fromtimestamp(hour * HOUR, UTC)), "count": found.fired, "heldBack": held}

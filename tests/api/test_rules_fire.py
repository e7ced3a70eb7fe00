"""A rule saved by one of Sentry's clients, in the shape that its Terraform provider sends, fires as it would there
(behaviour §5.2 to §5.7)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.callers import Caller, a_caller
from tests.builders import NOW, World, a_world
from tests.pipeline.spooling import SPOOL, a_batch, a_payload
from tocsin.pipeline.digest import digest
from tocsin.store.models import Environment, Firing, Rule

WHEN, IF = "sentry.rules.conditions.", "sentry.rules.filters."
FIRST_SEEN = {"id": WHEN + "first_seen_event.FirstSeenEventCondition", "name": "A new issue is created"}
REGRESSION = {"id": WHEN + "regression_event.RegressionEventCondition", "name": None}
EVERY_EVENT = {"id": WHEN + "every_event.EveryEventCondition"}
OFTEN = {
    "id": WHEN + "event_frequency.EventFrequencyCondition",
    "comparisonType": "count",
    "comparisonInterval": None,
    "value": 2,
    "interval": "1h",
}
GROWN = {**OFTEN, "comparisonType": "percent", "comparisonInterval": "5m", "interval": "5m", "value": 100.0}
USERS = {**OFTEN, "id": WHEN + "event_frequency.EventUniqueUserFrequencyCondition", "value": "1"}
ERROR = {"id": IF + "level.LevelFilter", "match": "gte", "level": "40", "name": "derived"}
GOLD = {"id": IF + "tagged_event.TaggedEventFilter", "key": "customer", "match": "eq", "value": "gold"}
NOT_GOLD = {**GOLD, "match": "ne"}
OLD_LEVEL = {"id": WHEN + "level.LevelCondition", "match": "eq", "level": "50"}
NOBODYS = {"id": IF + "assigned_to.AssignedToFilter", "targetType": "Unassigned", "targetIdentifier": ""}
MANY = {"id": IF + "issue_occurrences.IssueOccurrencesFilter", "value": "3"}
YOUNG = {
    "id": IF + "age_comparison.AgeComparisonFilter",
    "comparison_type": "newer",
    "value": 2,
    "time": "minute",
}


@pytest.fixture
def world(db) -> World:
    made = a_world()
    Environment.objects.create(project=made.project, name="production", first_seen=NOW)
    return made


@pytest.fixture
def caller(world) -> Caller:
    return a_caller(world.user, world.organization)


def sent(conditions: list[dict[str, Any]], filters: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Every key always there; what is not set is null or empty."""
    return {
        "name": "Notify errors",
        "projects": ["shop"],
        "owner": None,
        "environment": "",
        "actionMatch": "any",
        "filterMatch": "any",
        "frequency": 5,
        "conditions": conditions,
        "filters": filters,
        "actions": [
            {
                "id": "sentry.mail.actions.NotifyEmailAction",
                "name": "Send a notification to IssueOwners",
                "targetType": "IssueOwners",
                "targetIdentifier": "",
                "fallthroughType": "ActiveMembers",
            }
        ],
        **changes,
    }


def fires(world: World, *events: dict[str, Any]) -> list[int]:
    """For which of an issue's events, one each minute and the first at 0, rules fired."""
    for number, fields in enumerate(events):
        at = NOW + timedelta(minutes=number)
        payload = a_payload(number, timestamp=at.timestamp(), **fields)
        digest(a_batch(world.project.pk, payload, first=number + 1, received=at.timestamp()), SPOOL, at)
    found = Firing.objects.order_by("date_added").values_list("date_added", flat=True)
    return [(at - NOW) // timedelta(minutes=1) for at in found]


ANY: dict[str, Any] = {}
FATAL = {"level": "fatal"}
WARNING = {"level": "warning"}
OF_GOLD = {"tags": {"customer": "GOLD"}}
STAGING = {"environment": "staging"}


@pytest.mark.parametrize(
    ("rule", "events", "at"),
    [
        pytest.param(sent([FIRST_SEEN, REGRESSION], []), [ANY] * 7, [0], id="new, once"),
        pytest.param(sent([], []), [ANY] * 7, [0, 5], id="no conditions: each event, by the frequency"),
        pytest.param(sent([FIRST_SEEN, REGRESSION], [], actionMatch="all"), None, None, id="never: refused"),
        pytest.param(sent([OFTEN], []), [ANY] * 5, [2], id="the third is more than two"),
        pytest.param(sent([FIRST_SEEN, OFTEN], []), [ANY] * 9, [0, 5], id="any: what is new does not wait"),
        pytest.param(sent([FIRST_SEEN, OFTEN], [], actionMatch="all"), [ANY] * 9, [], id="all: new once alone"),
        pytest.param(sent([GROWN], []), [ANY] * 5, [], id="percent: nothing came before"),
        pytest.param(
            sent([USERS], []),
            [{"user": {"id": name}} for name in "aab"],
            [2],
            id="the second user is more than one",
        ),
        pytest.param(sent([EVERY_EVENT], [ERROR, GOLD]), [WARNING, WARNING | OF_GOLD], [1], id="any filter"),
        pytest.param(
            sent([EVERY_EVENT], [ERROR, GOLD], filterMatch="all"),
            [OF_GOLD | WARNING, OF_GOLD],
            [1],
            id="all filters",
        ),
        pytest.param(
            sent([EVERY_EVENT], [ERROR, GOLD], filterMatch="none"), [ANY, OF_GOLD, WARNING], [2], id="no filter"
        ),
        pytest.param(sent([EVERY_EVENT], [NOT_GOLD]), [OF_GOLD, ANY], [1], id="without the tag it is not gold"),
        pytest.param(sent([OLD_LEVEL], []), [ANY, FATAL], [1], id="a filter among the conditions"),
        pytest.param(sent([EVERY_EVENT], [NOBODYS]), [ANY], [0], id="assigned to nobody"),
        pytest.param(sent([EVERY_EVENT], [MANY]), [ANY] * 4, [2], id="at least three times"),
        pytest.param(sent([EVERY_EVENT], [YOUNG]), [ANY] * 8, [0], id="newer than two minutes"),
        pytest.param(
            sent([EVERY_EVENT], [], environment="production"), [STAGING, ANY], [1], id="in its environment alone"
        ),
        pytest.param(
            sent([FIRST_SEEN], [], environment="production"), [STAGING, ANY, ANY], [1], id="new in its environment"
        ),
    ],
)
def test_it_fires_as_it_would_there(world, caller, rule, events, at):
    made = caller.post("/projects/acme/shop/rules/", rule)

    if events is None:
        assert (made.status, list(made.json)) == (400, ["conditions"])
    else:
        assert made.status == 201, made.json
        assert fires(world, *events) == at


def test_it_is_read_as_it_was_sent_so_that_a_plan_shows_no_change(caller):
    body = sent([FIRST_SEEN, OFTEN], [ERROR, GOLD])
    made = caller.post("/projects/acme/shop/rules/", body).json

    def said(nodes):
        given = [{key: one for key, one in node.items() if one not in (None, "")} for node in nodes]
        return [{key: one for key, one in node.items() if key not in ("name", "uuid")} for node in given]

    for key in ("conditions", "filters", "actions"):
        assert said(made[key]) == said(body[key])
    for key in ("name", "projects", "owner", "actionMatch", "filterMatch", "frequency"):
        assert made[key] == body[key]
    assert made["environment"] is None


def test_what_was_saved_twice_is_saved_once(caller):
    caller.post("/projects/acme/shop/rules/", sent([FIRST_SEEN, OFTEN], [ERROR]))

    again = caller.post("/projects/acme/shop/rules/", sent([OFTEN, FIRST_SEEN], [ERROR], environment=None))

    assert (again.status, sorted(again.json)) == (400, ["name", "ruleId"])
    assert Rule.objects.count() == 1

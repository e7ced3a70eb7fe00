"""What a rule would have done, over the API, before it is saved."""

from datetime import timedelta

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_member
from tests.pipeline.spooling import a_payload, accepted
from tocsin.pipeline import backtest
from tocsin.pipeline.digest import digest
from tocsin.store.models import Rule
from tocsin.store.writes.founding import found

RULES = "/projects/acme/shop/rules/"
EVERY_EVENT = {"id": "sentry.rules.conditions.every_event.EveryEventCondition"}
MAIL = {"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners", "fallthroughType": "AllMembers"}
ENDPOINT = {"endpoint": (NOW + timedelta(hours=1)).isoformat()}


@pytest.fixture
def shop(db, monkeypatch):
    monkeypatch.setattr("tocsin.pipeline.clock.now", lambda: NOW + timedelta(hours=2))
    made = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    Rule.objects.all().delete()
    for number in range(1, 4):
        at = NOW + timedelta(minutes=10 * number)
        payload = a_payload(number, timestamp=at.timestamp())
        digest([accepted(made.project.pk, payload, place=number, received=at.timestamp())], "5" * 32, at)
    return made


@pytest.fixture
def caller(shop):
    return a_caller(shop.user, shop.organization)


def test_a_preview_lists_the_issues_that_would_have_fired(caller):
    answer = caller.post(RULES + "preview/", {"conditions": [EVERY_EVENT], "frequency": 5, **ENDPOINT})

    assert answer.status == 200
    [issue] = answer.json
    assert (issue["shortId"], issue["lastTriggered"]) == ("SHOP-1", "2026-11-21T09:30:00Z")
    assert answer.headers["Endpoint"] == "2026-11-21T10:00:00Z"


def test_a_backtest_says_when_whom_and_how_exactly_beside_the_stored_rule(shop, caller):
    data = {"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 60}
    stored = Rule.objects.create(project=shop.project, label="Old", data=data, date_added=NOW)
    draft = {"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 5, "rule": str(stored.pk)}

    answer = caller.post(RULES + "backtest/", draft).json

    assert (answer["draft"]["fired"], answer["current"]["fired"]) == (3, 1)
    assert answer["draft"]["exact"] == 3
    assert {"to": "inbox: ana@example.com", "messages": 3} in answer["draft"]["told"]
    assert answer["notes"][0] == "All 3 events of this time are kept whole: the answer is exact."


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ({"conditions": [{"id": "moon"}]}, "conditions"),
        ({"days": 31}, "days"),
        ({"days": "x"}, "days"),
        ({"endpoint": "yesterday"}, "endpoint"),
        ({"endpoint": "2099-01-01T00:00:00+00:00"}, "endpoint"),
    ],
)
def test_what_cannot_be_played_is_refused_by_its_key(caller, sent, key):
    answer = caller.post(RULES + "backtest/", sent)

    assert (answer.status, list(answer.json)) == (400, [key])


def test_nothing_is_saved(caller):
    caller.post(RULES + "preview/", {"conditions": [EVERY_EVENT]})

    assert not Rule.objects.exists()


def test_who_may_read_the_project_may_ask(shop):
    reader = a_caller(a_member(shop.organization, email="bo@example.com"), shop.organization)

    assert reader.post(RULES + "preview/", {"conditions": [EVERY_EVENT]}).status == 200


def test_one_rule_is_played_at_a_time(caller):
    with backtest._playing:
        answer = caller.post(RULES + "backtest/", {"conditions": [EVERY_EVENT], **ENDPOINT})

    assert answer.status == 429

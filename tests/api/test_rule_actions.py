"""Trying a rule's actions over the API: the real thing, to the real target, with the true answer."""

from types import SimpleNamespace

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_member, a_world
from tocsin.pipeline import try_actions
from tocsin.store.models import Delivery, Notification, Rule

ACTIONS = "/projects/acme/shop/rule-actions/"
MAIL = "sentry.mail.actions.NotifyEmailAction"
TO_ALL = {"id": MAIL, "targetType": "IssueOwners", "fallthroughType": "AllMembers"}


@pytest.fixture
def world(db):
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


@pytest.fixture
def answering(monkeypatch):
    """What the services answer."""

    def install(outcome: str, reason: str = "") -> None:
        tried = SimpleNamespace(state="sent", outcome=outcome, reason=reason)
        monkeypatch.setattr(try_actions.try_actions, "__defaults__", (lambda organization_id, delivery_id: tried,))

    return install


def test_the_alert_goes_to_whom_the_actions_name_and_the_answer_is_shown(world, caller, answering):
    answering("delivered")

    answer = caller.post(ACTIONS, {"actions": [TO_ALL], "name": "Payments"})

    assert answer.status == 200
    assert {one["outcome"] for one in answer.json["actions"]} == {"delivered"}
    assert "test of the rule “Payments”" in Notification.objects.get().facts["title"]
    assert set(Delivery.objects.values_list("user_id", flat=True)) == {world.user.pk}


def test_what_a_service_refuses_is_said(caller, answering):
    answering("refused", "not_in_channel")

    answer = caller.post(ACTIONS, {"actions": [TO_ALL]})

    assert answer.status == 400
    assert any("not_in_channel" in one for one in answer.json["actions"])


def test_a_stored_rule_is_tried_by_its_id(world, caller, answering):
    answering("delivered")
    data = {"actions": [TO_ALL]}
    rule = Rule.objects.create(project=world.project, label="Payments", data=data, date_added=NOW)

    assert caller.post(f"/projects/acme/shop/rules/{rule.pk}/test/", {}).status == 200
    assert caller.post(f"/projects/acme/shop/rules/{rule.pk + 1}/test/", {}).status == 404


def test_when_nobody_would_be_told_the_reason_is_given(caller, answering):
    answering("delivered")

    answer = caller.post(ACTIONS, {"actions": [{**TO_ALL, "fallthroughType": "NoOne"}]})

    assert answer.status == 400
    assert answer.json["actions"][0].startswith("Nobody would be told.")


def test_the_sixth_within_a_minute_is_too_many(caller, answering, monkeypatch):
    monkeypatch.setattr("tocsin.pipeline.clock.now", lambda: NOW)
    answering("delivered")

    answers = [caller.post(ACTIONS, {"actions": [TO_ALL]}).status for _ in range(6)]

    assert answers == [200] * 5 + [429]


@pytest.mark.parametrize("sent", [{}, {"actions": []}, {"actions": [{"id": "moon"}]}])
def test_actions_that_make_no_sense_are_refused(caller, sent):
    answer = caller.post(ACTIONS, sent)

    assert (answer.status, list(answer.json)) == (400, ["actions"])


def test_it_needs_the_right_to_edit(world):
    reader = a_caller(a_member(world.organization, email="bo@example.com"), world.organization)

    assert reader.post(ACTIONS, {"actions": [TO_ALL]}).status == 403

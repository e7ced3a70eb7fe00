"""A rule that does not fire, over the API: when it is switched off, and how it is kept (behaviour §5.1)."""

from datetime import timedelta

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_world
from tocsin.store.models import NeglectedRule, Rule

pytestmark = pytest.mark.django_db
WAYS = ("disableDate", "disableReason", "optOutExplicit")
SENT = {
    "name": "Tell us",
    "actions": [{"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners"}],
}


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def rule(world):
    return Rule.objects.create(project=world.project, label="Tell us", data={}, date_added=NOW)


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def address(rule):
    return f"/projects/acme/shop/rules/{rule.pk}/"


def ways(answer):
    return tuple(answer.json[key] for key in WAYS)


def tell_of(rule):
    NeglectedRule.objects.create(
        rule=rule, disable_date=NOW + timedelta(weeks=4), sent_initial_email_date=NOW, sent_final_email_date=None
    )


def test_a_rule_says_when_it_will_be_switched_off_and_why(caller, rule):
    tell_of(rule)

    assert ways(caller.get(address(rule))) == ("2026-12-19T09:00:00Z", "neglected", False)


def test_sent_as_clients_do_it_is_kept(caller, rule):
    tell_of(rule)

    answer = caller.put(address(rule), {**SENT, "optOutExplicit": True})

    assert answer.status == 200
    assert ways(answer) == (None, None, True)


def test_what_is_left_out_stays(caller, rule):
    for sent in ({**SENT, "optOutExplicit": True}, SENT):
        answer = caller.put(address(rule), sent)

    assert answer.json["optOutExplicit"] is True


def test_it_is_kept_no_more(caller, rule):
    for kept in (True, False):
        answer = caller.put(address(rule), {**SENT, "optOutExplicit": kept})

    assert answer.json["optOutExplicit"] is False


@pytest.mark.parametrize("sent", ["yes", 1, {}])
def test_what_is_neither_true_nor_false_is_refused(caller, rule, sent):
    answer = caller.put(address(rule), {**SENT, "optOutExplicit": sent})

    assert (answer.status, list(answer.json)) == (400, ["optOutExplicit"])


def test_a_new_rule_may_be_kept_from_the_start(caller):
    answer = caller.post("/projects/acme/shop/rules/", {**SENT, "optOutExplicit": True})

    assert answer.json["optOutExplicit"] is True


def test_one_of_all_projects_too(caller, world):
    rule = Rule.objects.create(organization=world.organization, label="Tell us", data={}, date_added=NOW)

    answer = caller.put(f"/organizations/acme/rules/{rule.pk}/", {**SENT, "optOutExplicit": True})

    assert answer.json["optOutExplicit"] is True

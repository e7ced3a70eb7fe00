"""Where an alert about the same issue stands already: below it, in the channel too, or anew, by choice (§8.9)."""

from datetime import timedelta

import pytest

from tests.builders import NOW
from tests.pipeline.spooling import a_payload, digested
from tests.pipeline.test_route import a_rule, connected, happens, shop, to_slack
from tocsin.store.models import Delivery, Issue

__all__ = ["shop"]  # a fixture


@pytest.fixture
def workspace(shop) -> int:
    return connected(shop, "slack", token="xoxb-1")


def in_channel() -> Delivery:
    return Delivery.objects.get(provider="slack")


def acts(delivery: Delivery) -> tuple[str, bool]:
    return delivery.detail.get("act", ""), delivery.detail.get("broadcast", False)


def chosen(shop, **columns) -> None:
    for name, value in columns.items():
        setattr(shop.organization, name, value)
    shop.organization.save()


@pytest.mark.parametrize(
    ("organization", "action", "done"),
    [
        ("broadcast", "", ("reply", True)),
        ("thread", "", ("reply", False)),
        ("anew", "", ("", False)),
        ("anew", "thread", ("reply", False)),
        ("broadcast", "anew", ("", False)),
        ("thread", "broadcast", ("reply", True)),
    ],
)
def test_an_alert_is_said_as_action_and_organization_chose(shop, workspace, organization, action, done):
    chosen(shop, later_alerts=organization)
    a_rule(shop, to_slack(workspace, later_alerts=action))

    happens(shop)

    assert acts(in_channel()) == done


def test_alerts_that_are_said_anew_each_have_a_thread_of_their_own(shop, workspace):
    chosen(shop, later_alerts="anew")
    a_rule(shop, to_slack(workspace))

    for number in (1, 2):
        digested(shop.project.pk, a_payload(number), first=number, now=NOW + timedelta(hours=number))

    conversations = set(Delivery.objects.filter(provider="slack").values_list("conversation", flat=True))
    assert len(conversations) == 2
    assert {one.partition("/")[0] for one in conversations} == {f"issue:{Issue.objects.get().pk}"}


def test_of_two_rules_for_one_channel_the_one_that_says_something_decides(shop, workspace):
    a_rule(shop, to_slack(workspace))
    a_rule(shop, to_slack(workspace, later_alerts="thread", activity="never"), label="Another")

    happens(shop)

    assert acts(in_channel()) == ("reply", False)
    assert in_channel().detail["activity"] == "never"


def test_mails_answer_each_other_whatever_was_chosen_for_threads(shop):
    chosen(shop, later_alerts="anew")
    a_rule(shop)

    assert acts(happens(shop).deliveries.get(provider="email")) == ("reply", True)


def test_a_choice_that_nobody_offers_is_refused_by_the_action(shop, workspace):
    a_rule(shop, to_slack(workspace, later_alerts="shouted"))

    assert "action_unknown" in {step["reason"] for step in happens(shop).trace}

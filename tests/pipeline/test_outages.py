"""Outages: who mends it is told by another way; what waits is held and goes on when it is mended."""

from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_member, a_world
from tests.chat.pressing import a_workspace
from tests.pipeline.conftest import EVERY_EVENT
from tests.pipeline.sending import answering, connected, go, slack_said, to_slack
from tests.pipeline.spooling import a_payload, digested
from tocsin.core.breaker import FIRST_WAIT, OPEN_AFTER
from tocsin.core.sending import Reply
from tocsin.pipeline import deliver, outages
from tocsin.store.models import Delivery, Integration, Lane, Notification, Rule
from tocsin.store.writes import breakers

SLACK = "sentry.integrations.slack.notify_action.SlackNotifyServiceAction"
LATER = NOW + timedelta(days=3650)  # past the pace of a lane that was used by today's clock
GONE = slack_said(ok=False, error="is_archived")
REVOKED = slack_said(ok=False, error="token_revoked")


@pytest.fixture
def world(db) -> World:
    return a_world()


def one_turn(answer, limit: int = 1, at=NOW) -> None:
    """So many deliveries to Slack, tried with this answer and recorded."""
    claimed = [one for one in deliver.turn([], limit, at) if one.job.provider == "slack"]
    deliver.record(go(claimed, answering(answer)), at)


def problems() -> list[Notification]:
    return list(Notification.objects.filter(kind="delivery_problem"))


def test_a_channel_that_is_gone_is_told_to_who_manages_integrations_by_another_service(world):
    a_member(world.organization, world.team, email="plain@example.com")
    to_slack(world)

    one_turn(GONE)

    told = Delivery.objects.filter(notification=problems()[0])
    assert [(one.provider, one.user) for one in told] == [("inbox", world.user)]
    assert "#ops is archived" in problems()[0].facts["reason"]


def test_it_is_told_which_rules_send_to_a_channel_that_is_gone(world):
    everywhere = Rule.objects.create(organization=world.organization, label="All", data={}, date_added=NOW)
    rule = Rule.objects.create(project=world.project, label="Tell #ops", data={}, date_added=NOW)
    to_slack(world, label="#ops", detail={"rules": [rule.pk, everywhere.pk]})

    one_turn(GONE)

    facts = problems()[0].facts
    assert (facts["place"], facts["rules"]) == ("#ops", ["All (all projects)", "Tell #ops (shop)"])


def test_a_place_that_only_a_test_named_breaks_nothing_and_is_told_to_nobody(world):
    """Whoever tests reads the answer there and then."""
    row = to_slack(world)
    Notification.objects.filter(pk=row.notification_id).update(kind="test_notification")

    one_turn(GONE)

    assert problems() == []
    assert Lane.objects.get(pk=row.lane_id).broken == ""


def test_a_rule_of_another_organization_is_not_named(world):
    other = a_world("other", "other", "o@example.com")
    rule = Rule.objects.create(project=other.project, label="Secret", data={}, date_added=NOW)
    to_slack(world, detail={"rules": [rule.pk]})

    one_turn(GONE)

    assert problems()[0].facts["rules"] == []


def test_from_an_error_to_who_is_told_that_its_rules_channel_is_gone(world):
    action = {"id": SLACK, "workspace": str(connected(world)), "channel": "#ops", "channel_id": "C1"}
    Rule.objects.create(
        project=world.project,
        label="Tell #ops",
        data={"conditions": [EVERY_EVENT], "actions": [action], "frequency": 60},
        date_added=NOW,
    )
    digested(world.project.pk, a_payload())

    one_turn(slack_said(ok=False, error="channel_not_found"))

    [problem] = problems()
    assert (problem.facts["place"], problem.facts["rules"]) == ("#ops", ["Tell #ops (shop)"])
    assert "channel_not_found" in Lane.objects.get(integration__isnull=False).broken
    assert Delivery.objects.get(provider="slack").state == "failed"
    assert [one.provider for one in Delivery.objects.filter(notification=problem)] == ["inbox"]


def test_it_is_told_once(world):
    integration, lane = connected(world), Lane.objects.create(name="slack:1:C1", ready_at=NOW)
    to_slack(world, integration_id=integration, lane=lane)
    to_slack(world, integration_id=integration, lane=lane)

    one_turn(GONE)
    one_turn(GONE, limit=9, at=LATER)

    assert Delivery.objects.filter(state="failed").count() == 2
    assert len(problems()) == 1


def test_a_channel_that_is_gone_leaves_the_other_channels_alone(world):
    integration = connected(world)
    to_slack(world, integration_id=integration)

    one_turn(GONE)

    assert Integration.objects.get().broken == ""


def test_a_revoked_token_breaks_the_integration_and_what_waits_is_held(world):
    integration = connected(world)
    to_slack(world, integration_id=integration)
    to_slack(world, integration_id=integration)

    one_turn(REVOKED)

    assert "token_revoked" in Integration.objects.get().broken
    states = Delivery.objects.filter(provider="slack").order_by("pk").values_list("state", flat=True)
    assert list(states) == ["failed", "held"]


def test_what_was_held_goes_on_when_the_integration_is_connected_again(world):
    integration = connected(world)
    to_slack(world, integration_id=integration)
    held = to_slack(world, integration_id=integration)
    one_turn(REVOKED)

    breakers.mended(integration, NOW)

    (ready,) = [one for one in deliver.turn([], 10, NOW) if one.job.provider == "slack"]
    assert ready.job.id == held.pk


def test_a_message_that_arrives_mends_a_broken_integration(world):
    integration = connected(world)
    to_slack(world, integration_id=integration)
    Integration.objects.update(broken="token_revoked")

    one_turn(slack_said())

    assert Integration.objects.get().broken == ""


def test_a_service_that_is_down_is_left_in_peace_and_nothing_is_burned(world):
    integration = connected(world)
    for _ in range(OPEN_AFTER + 5):
        to_slack(world, integration_id=integration)

    one_turn(Reply(503), limit=OPEN_AFTER)

    row = Integration.objects.get()
    assert row.breaker == "open"
    assert deliver.turn([], 50, NOW) == []
    assert Delivery.objects.filter(attempts=0, state="queued").count() == 5


def test_one_probe_goes_when_the_wait_is_over_and_its_success_lets_the_others_follow(world):
    integration = connected(world)
    for _ in range(OPEN_AFTER + 5):
        to_slack(world, integration_id=integration)
    one_turn(Reply(503), limit=OPEN_AFTER)
    until = Integration.objects.get().breaker_until

    (probe,) = deliver.turn([], 50, until)
    deliver.record(go([probe], answering(slack_said())), until)

    assert Integration.objects.get().breaker == "closed"
    assert len(deliver.turn([], 50, LATER)) == OPEN_AFTER + 4


def test_an_open_breaker_holds_back_who_was_asked_by_the_service_to_come_back_sooner(world):
    integration = connected(world)
    for _ in range(OPEN_AFTER + 1):
        to_slack(world, integration_id=integration)
    *down, limited = deliver.turn([], 50, NOW)
    deliver.record(go(down, answering(Reply(503))), NOW)

    deliver.record(go([limited], answering(Reply(429, {"retry-after": "5"}))), NOW)

    until = Integration.objects.get().breaker_until
    assert deliver.turn([], 50, until - timedelta(seconds=1)) == []


def test_a_probe_that_fails_is_followed_by_a_longer_wait(world):
    integration = connected(world)
    for _ in range(OPEN_AFTER):
        to_slack(world, integration_id=integration)
    one_turn(Reply(503), limit=OPEN_AFTER)
    until = Integration.objects.get().breaker_until

    Delivery.objects.update(due=until)
    one_turn(Reply(503), limit=50, at=until)

    row = Integration.objects.get()
    assert (row.breaker_opened, row.breaker_until) == (2, until + 2 * FIRST_WAIT)


@pytest.fixture
def unsendable_probe(world):
    """When a breaker's probe turned out to be a message that cannot be written; others wait behind it."""
    integration = connected(world)
    for _ in range(OPEN_AFTER + 2):
        to_slack(world, integration_id=integration)
    one_turn(Reply(503), limit=OPEN_AFTER)
    until = Integration.objects.get().breaker_until
    (probe,) = deliver.turn([], 50, until)
    unready = deliver.Unready(probe.job, "The message could not be written.")
    deliver.record(go([unready], answering(AssertionError("nothing may be asked"))), until)
    return until


def test_a_probe_that_could_not_be_sent_says_nothing_of_its_service(unsendable_probe):
    assert Integration.objects.get().breaker == "open"


def test_after_a_probe_that_could_not_be_sent_another_one_goes(unsendable_probe):
    assert len(deliver.turn([], 50, unsendable_probe + deliver.LEASE)) == 1


def test_a_try_that_may_have_arrived_is_not_repeated_where_at_most_once_was_chosen(world):
    integration = connected(world)
    Integration.objects.update(at_most_once=True)
    to_slack(world, integration_id=integration)

    one_turn(Reply(200, {}, b"<html>"))

    row = Delivery.objects.get()
    assert (row.state, row.doubtful) == ("failed", 1)
    assert "at most once" in row.reason


def test_an_account_that_was_withdrawn_is_told_in_each_organization_and_what_waits_is_held(world):
    umbra = a_world("umbra", "door", "eve@example.com")
    ours, theirs = a_workspace(world), a_workspace(umbra)
    to_slack(world, integration_id=ours)

    newly = outages.withdrawn([ours, theirs], "The app was removed.", NOW, NOW)

    assert newly == 2
    assert set(Integration.objects.values_list("pk", "broken")) == {
        (ours, "The app was removed."),
        (theirs, "The app was removed."),
    }
    assert Delivery.objects.get(provider="slack").state == "held"
    assert {one.organization for one in problems()} == {world.organization, umbra.organization}


def test_an_account_that_was_withdrawn_twice_is_told_once(world):
    workspace = a_workspace(world)

    outages.withdrawn([workspace], "The app was removed.", NOW, NOW)

    assert outages.withdrawn([workspace], "Its token was revoked.", NOW, NOW) == 0
    assert len(problems()) == 1


def test_news_of_a_withdrawal_from_before_it_was_connected_again_is_old(world):
    workspace = a_workspace(world)

    assert outages.withdrawn([workspace], "The app was removed.", NOW - timedelta(seconds=1), NOW) == 0
    assert Integration.objects.get().broken == ""

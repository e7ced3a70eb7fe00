"""Claim under a lease, render, send, record: what comes of each try."""

from datetime import timedelta

import pytest
import time_machine

from tests.builders import NOW, World, a_delivery, a_notification, a_world, an_attempt
from tests.pipeline.sending import a_provider, a_ready, answering, asking, connected, go, once, slack_said, to_slack
from tocsin.core.backoff import Policy
from tocsin.core.delivery import State
from tocsin.core.sending import Failure, Reply
from tocsin.pipeline import deliver
from tocsin.pipeline.deliver import LEASE
from tocsin.store.models import Attempt, AuditEntry, Delivery, Lane, Notification
from tocsin.store.writes import outbox


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db) -> World:
    return a_world()


def ledger() -> tuple[str, str]:
    """The state of the one delivery and the outcome of its one attempt."""
    return Delivery.objects.get(provider="slack").state, Attempt.objects.get().outcome


# Outcomes


@pytest.mark.parametrize(
    ("answer", "state", "outcome"),
    [
        pytest.param(slack_said(), "sent", "delivered", id="it arrived"),
        pytest.param(Reply(429, {"retry-after": "30"}, b"{}"), "retrying", "retry", id="asked to wait"),
        pytest.param(Reply(503), "retrying", "retry", id="the service is down"),
        pytest.param(Failure("could not connect"), "retrying", "retry", id="never reached"),
        pytest.param(Failure("lost", written=True), "unknown", "unknown", id="lost after it was written"),
        pytest.param(slack_said(ok=False, error="invalid_blocks"), "failed", "refused", id="this message never"),
        pytest.param(slack_said(ok=False, error="channel_not_found"), "failed", "gone", id="this channel never"),
        pytest.param(Failure("bad certificate", permanent=True), "failed", "refused", id="never that way"),
    ],
)
def test_each_outcome_has_its_state_and_its_attempt(world, answer, state, outcome):
    to_slack(world)

    once(answer)

    assert ledger() == (state, outcome)


@pytest.mark.parametrize(
    ("answer", "is_due"),
    [
        pytest.param(slack_said(), False, id="sent"),
        pytest.param(slack_said(ok=False, error="invalid_blocks"), False, id="failed"),
        pytest.param(Reply(503), True, id="retrying"),
        pytest.param(Failure("lost", written=True), True, id="unknown"),
    ],
)
def test_what_is_over_is_done_and_what_is_not_is_due_again(world, answer, is_due):
    to_slack(world)

    once(answer)

    delivery = Delivery.objects.get()
    assert (delivery.due is not None, delivery.date_done is not None) == (is_due, not is_due)
    assert (delivery.lease_by, delivery.lease_until) == ("", None)


def test_what_nobody_misses_is_suppressed_with_its_reason_and_cannot_be_replayed(world):
    to_slack(world, address={"channel": "a link", "channel_id": "C1", "place": "preview", "message": "1.2"})

    once(slack_said(ok=False, error="cannot_find_message"))

    assert ledger() == ("suppressed", "refused")
    assert "not there any more" in Delivery.objects.get().reason


def test_what_a_service_repeats_of_a_message_with_a_secret_stays_out_of_the_ledger(world):
    said = {"said": "Say who you are.", "url": "https://tocsin.example/secret-link/", "short_id": "", "title": ""}
    to_slack(world)
    Notification.objects.update(kind="chat_answer", facts=said)

    once(slack_said(message={"text": said["url"]}))

    assert ledger() == ("sent", "delivered")
    assert Attempt.objects.get().excerpt == ""


def test_of_any_other_message_the_answer_is_kept(world):
    to_slack(world)

    once(slack_said(message={"text": "Boom"}))

    assert "Boom" in Attempt.objects.get().excerpt


def test_a_service_that_asks_to_wait_is_not_asked_before(world):
    to_slack(world)

    once(Reply(429, {"retry-after": "600"}, b"{}"))

    assert Delivery.objects.get().due >= NOW + timedelta(seconds=600)


def test_what_the_service_calls_the_message_is_kept_for_replies(world):
    to_slack(world)

    once(slack_said(channel="C7", ts="42.1"))

    assert Delivery.objects.get().reference == {"channel": "C7", "ts": "42.1"}


def test_an_attempt_says_when_how_and_what_was_answered(world):
    to_slack(world)

    once(Reply(503, {}, b"<html>down for maintenance</html>"))

    attempt = Attempt.objects.get()
    assert (attempt.number, attempt.status, attempt.started) == (1, 503, NOW)
    assert "down for maintenance" in attempt.excerpt
    assert "503" in attempt.reason


def test_secrets_that_a_service_repeats_are_masked_in_the_ledger(world):
    to_slack(world, integration_id=connected(world, token="a-token-of-no-known-shape"))

    once(Reply(500, {}, b"bad token a-token-of-no-known-shape"))

    assert "no-known-shape" not in Attempt.objects.get().excerpt


def test_the_last_try_that_fails_is_the_end(world):
    to_slack(world, attempts=7)

    once(Reply(503))

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.due) == ("dead", None)
    assert "Given up after try 8" in delivery.reason


def test_a_retry_is_the_same_message_with_the_same_key(world):
    to_slack(world)
    (first,) = deliver.turn([], 10, NOW)
    deliver.record(go([first], answering(Reply(503))), NOW)
    Delivery.objects.update(due=NOW)
    Lane.objects.update(ready_at=NOW)

    (second,) = deliver.turn([], 10, NOW)

    assert second.parcel == first.parcel
    assert second.job.attempts == 2


def test_a_provider_is_tried_as_often_as_it_says():
    impatient = a_provider(lambda settings, parcel: asking(), policy=Policy(1, timedelta(0), timedelta(0)))

    (tried,) = go([a_ready(impatient)], answering(Reply(503)))

    assert tried.state == State.DEAD


# One turn


def test_one_turn_records_what_was_tried_and_claims_what_is_due(world):
    to_slack(world)
    done = go(deliver.turn([], 10, NOW), answering(slack_said()))
    second = to_slack(world, integration_id=Delivery.objects.get().integration_id)

    ready = deliver.turn(done, 10, NOW)

    assert [one.job.id for one in ready] == [second.pk]
    assert Delivery.objects.filter(state="sent").count() == 1


def test_a_turn_without_room_claims_nothing(world):
    to_slack(world)

    assert deliver.turn([], 0, NOW) == []


def test_each_claim_is_a_lease_of_its_own(world):
    integration = connected(world)
    to_slack(world, integration_id=integration)
    to_slack(world, integration_id=integration)

    (first,) = deliver.turn([], 1, NOW)
    (second,) = deliver.turn([], 1, NOW)

    assert first.job.lease_by != second.job.lease_by


def test_a_late_record_of_a_lost_lease_moves_nothing_though_the_same_sender_has_it_again(world):
    to_slack(world)
    (first,) = deliver.turn([], 10, NOW)
    late = go([first], answering(Reply(503)))
    after = NOW + LEASE + timedelta(seconds=1)
    outbox.reclaim(after, 8)
    deliver.turn([], 10, after)

    deliver.record(late, after)

    assert Delivery.objects.get().state == "sending"
    assert list(Attempt.objects.values_list("outcome", flat=True)) == ["unknown", "retry"]


def test_a_delivery_whose_sender_died_is_sent_again_after_its_lease(world):
    to_slack(world)
    deliver.turn([], 10, NOW)
    after = NOW + LEASE + timedelta(seconds=1)
    outbox.reclaim(after, 8)

    (again,) = deliver.turn([], 10, after)

    assert again.job.attempts == 2


def test_the_sender_may_rest_until_the_next_is_due(world):
    to_slack(world, due=NOW + timedelta(seconds=40))

    assert deliver.idle_for(NOW) == 40.0
    assert deliver.idle_for(NOW + timedelta(minutes=5)) == 0.0


def test_with_nothing_waiting_the_sender_may_rest_a_day(db):
    assert deliver.idle_for(NOW) == 86_400.0


def test_the_number_of_statements_does_not_grow_with_the_deliveries(world, django_assert_num_queries):
    integration = connected(world)
    for _ in range(30):
        to_slack(world, integration_id=integration)

    with django_assert_num_queries(8):  # savepoint, ready, busy, heads, lease, jobs, settings, release
        assert len(deliver.turn([], 30, NOW)) == 30


# Send now and replay


def test_who_waits_for_an_answer_gets_the_true_one(world):
    delivery = a_delivery(a_notification(world.project), provider="inbox", address={"user_id": 1}, due=NOW)

    tried = deliver.send_now(world.organization.pk, delivery.pk)

    assert (tried.state, tried.outcome) == ("sent", "delivered")
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    assert delivery.tries.count() == 1


@pytest.mark.parametrize("state", ["sending", "sent", "failed", "suppressed", "retrying", "unknown"])
def test_only_what_is_queued_is_sent_now(world, state):
    delivery = a_delivery(a_notification(world.project), provider="inbox", address={"user_id": 1}, state=state)

    assert deliver.send_now(world.organization.pk, delivery.pk) is None


def test_another_organizations_delivery_is_not_sent_now(world):
    other = a_world("other", email="ben@example.com")
    delivery = a_delivery(a_notification(world.project), provider="inbox", address={"user_id": 1}, due=NOW)

    assert deliver.send_now(other.organization.pk, delivery.pk) is None


def replayed(world: World, *deliveries: Delivery) -> int:
    return deliver.replay(
        organization_id=world.organization.pk,
        delivery_ids=[delivery.pk for delivery in deliveries],
        actor_id=world.user.pk,
        by="Ana",
        now=NOW,
    )


def test_a_replay_queues_what_ended_badly_and_keeps_its_history(world):
    delivery = to_slack(world, state="dead", due=None, attempts=8)
    an_attempt(delivery, "retry")

    assert replayed(world, delivery) == 1

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("queued", 0)
    once(slack_said())
    assert [attempt.outcome for attempt in delivery.tries.order_by("id")] == ["retry", "replayed", "delivered"]
    assert delivery.tries.get(outcome="replayed").reason == "Queued again by Ana."


def test_what_was_sent_or_suppressed_is_not_replayed(world):
    integration = connected(world)
    sent = to_slack(world, integration_id=integration, state="sent")
    suppressed = to_slack(world, integration_id=integration, state="suppressed")

    assert replayed(world, sent, suppressed) == 0


def test_a_replay_is_in_the_audit_log(world):
    delivery = to_slack(world, state="failed")

    replayed(world, delivery)

    entry = AuditEntry.objects.get(event="delivery.replay")
    assert (entry.actor, entry.data) == (world.user, {"deliveries": [delivery.pk], "count": 1})


def test_another_organizations_delivery_is_not_replayed(world):
    other = a_world("other", email="ben@example.com")
    delivery = to_slack(world, state="failed")

    assert replayed(other, delivery) == 0
    assert not AuditEntry.objects.filter(event="delivery.replay").exists()


def test_a_replay_wakes_the_sender_once_it_is_written(world, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        replayed(world, to_slack(world, state="failed"))

    assert rung() == {"deliver"}


def test_what_a_service_calls_a_message_is_kept_without_what_no_database_takes(world):
    to_slack(world)

    once(slack_said(ts="17.1\x00\ud800"))

    assert Delivery.objects.get().reference["ts"] == "17.1"

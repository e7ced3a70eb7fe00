"""What is past its age or too much is forgotten, and nothing else."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session

from tests.builders import (
    NOW,
    World,
    a_delivery,
    a_notification,
    a_world,
    an_attempt,
    an_event,
    an_issue,
)
from tocsin.core.books import balance
from tocsin.pipeline import retention
from tocsin.store.models import (
    Attempt,
    Delivery,
    Event,
    EventSeen,
    Firing,
    IssueMinute,
    Notification,
    Reference,
    RejectedBody,
    Rule,
)
from tocsin.store.queries import books

DAY = int(NOW.timestamp()) // 86_400
MINUTE = int(NOW.timestamp()) // 60
OLD = NOW - timedelta(days=91)


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db) -> World:
    return a_world()


def settled(world: World, when=OLD, **columns) -> Delivery:
    decided = a_notification(world.project, intents=1, date_added=when)
    return a_delivery(decided, **{"state": "sent", **columns})


def test_events_are_kept_for_ninety_days(world):
    issue = an_issue(world.project)
    an_event(issue, received=NOW - timedelta(days=91))
    kept = an_event(issue, received=NOW - timedelta(days=89))

    retention.forget_old()

    assert list(Event.objects.all()) == [kept]


def test_an_id_is_remembered_for_longer_than_a_client_resends(world):
    for age in (7, 8, 9):
        EventSeen.objects.create(project_id=1, event_id=f"{age}", day=DAY - age)

    retention.forget_old()

    assert set(EventSeen.objects.values_list("event_id", flat=True)) == {"7", "8"}


def test_counts_by_the_minute_are_kept_for_two_months(world):
    issue = an_issue(world.project)
    for days in (61, 63):
        IssueMinute.objects.create(issue=issue, minute=MINUTE - days * 1440, count=1)

    retention.forget_old()

    assert IssueMinute.objects.get().minute == MINUTE - 61 * 1440


def test_rejected_bodies_and_ended_sessions_are_dropped(world):
    RejectedBody.objects.create(project_id=1, received=NOW - timedelta(days=91), reason="r", body=b"")
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - timedelta(seconds=1))
    Session.objects.create(session_key="new", session_data="", expire_date=NOW + timedelta(days=1))

    retention.forget_old()

    assert not RejectedBody.objects.exists()
    assert Session.objects.get().session_key == "new"


def test_more_than_one_transaction_drops_are_all_dropped_in_one_run(world):
    EventSeen.objects.bulk_create(
        EventSeen(project_id=1, event_id=f"{number}", day=DAY - 30) for number in range(retention.ROWS_AT_ONCE + 10)
    )

    assert retention.forget_old() == retention.ROWS_AT_ONCE + 10

    assert not EventSeen.objects.exists()


def test_where_nothing_is_old_no_transaction_is_opened(world, django_assert_num_queries):
    with django_assert_num_queries(14):  # one look at each table, and one at the organizations
        assert retention.forget_old() == 0


def test_a_notification_is_forgotten_with_all_that_hangs_on_it(world):
    delivery = settled(world)
    an_attempt(delivery, started=OLD)
    Reference.objects.create(
        conversation="issue:1", lane=delivery.lane, delivery=delivery, reference={}, date_added=OLD
    )
    recent = settled(world, NOW)

    retention.forget_old()

    assert Delivery.objects.get() == recent
    assert not Attempt.objects.exists()
    assert not Reference.objects.exists()


def test_a_firing_outlives_its_notification(world):
    delivery = settled(world)
    rule = Rule.objects.create(project=world.project, label="Any", data={}, date_added=OLD)
    Firing.objects.create(
        project=world.project,
        rule=rule,
        issue=an_issue(world.project),
        event_id="e",
        notification=delivery.notification,
        date_added=OLD,
    )

    retention.forget_old()

    assert Firing.objects.get().notification is None


@pytest.mark.parametrize("state", ["held", "queued", "retrying", "unknown"])
def test_what_is_still_to_be_delivered_is_kept_however_old(world, state):
    delivery = settled(world, state=state)
    an_attempt(delivery, "retry", started=OLD)

    retention.forget_old()

    assert Delivery.objects.get() == delivery
    assert Attempt.objects.exists()


def test_the_books_balance_after_forgetting(world):
    settled(world)
    settled(world, NOW)

    retention.forget_old()

    found = books.counted(OLD - timedelta(days=1), NOW + timedelta(days=1), NOW).ledger
    assert found.intents == 1
    assert balance(found, NOW).balance


def test_single_tries_are_kept_for_thirty_days_and_their_delivery_longer(world):
    delivery = settled(world, NOW - timedelta(days=31))
    an_attempt(delivery, started=NOW - timedelta(days=31))
    kept = an_attempt(delivery, started=NOW - timedelta(days=29))

    retention.forget_old()

    assert Attempt.objects.get() == kept
    assert Delivery.objects.get() == delivery


def test_old_tries_are_found_behind_those_that_must_stay(world, monkeypatch):
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 2)
    waiting = settled(world, NOW, state="retrying")
    for _ in range(3):
        an_attempt(waiting, "retry", started=OLD)
    an_attempt(settled(world, NOW), started=OLD)

    retention.forget_old()

    assert Attempt.objects.count() == 3


def test_the_ages_are_settings(world, monkeypatch):
    monkeypatch.setattr(settings, "TOCSIN", settings.TOCSIN.model_copy(update={"keep_notifications_days": 365}))
    settled(world)

    retention.forget_old()

    assert Notification.objects.exists()


def test_events_beyond_the_size_go_the_oldest_first(world, monkeypatch):
    monkeypatch.setattr(settings, "TOCSIN", settings.TOCSIN.model_copy(update={"keep_events_mb": 1}))
    issue = an_issue(world.project)
    for age in range(4):
        an_event(issue, received=NOW - timedelta(hours=age), payload=None, event_id=f"{age}")
    Event.objects.update(payload=b"x" * 400_000)

    retention.forget_old()

    assert set(Event.objects.values_list("event_id", flat=True)) == {"0", "1"}


def test_without_a_size_all_events_of_age_are_kept(world):
    issue = an_issue(world.project)
    an_event(issue)
    Event.objects.update(payload=b"x" * 400_000)

    retention.forget_old()

    assert Event.objects.exists()


BIG = "x" * 240_000  # of facts; four of them fill the megabyte


def test_of_the_ledger_so_much_is_kept_and_the_oldest_goes_first(world, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"keep_notifications_mb": 1})
    made = []
    for hours in (5, 4, 3, 2, 1):
        when = NOW - timedelta(hours=hours)
        message = a_notification(world.project, intents=1, date_added=when, facts={"message": BIG})
        made.append(a_delivery(message, state="sent", date_added=when).pk)

    retention.forget_old()

    assert list(Delivery.objects.order_by("pk").values_list("pk", flat=True)) == made[1:]


def test_what_is_still_to_be_delivered_stays_however_much_it_is(world, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"keep_notifications_mb": 1})
    for _ in range(6):
        a_delivery(a_notification(world.project, intents=1, facts={"message": BIG}), state="retrying")

    retention.forget_old()

    assert Delivery.objects.count() == 6


def test_of_single_tries_so_much_is_kept(world, settings, monkeypatch):
    monkeypatch.setattr("tocsin.store.queries.retention.BYTES_A_TRY", 300_000)
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"keep_attempts_mb": 1})
    delivery = settled(world, when=NOW)
    tries = [an_attempt(delivery, started=NOW - timedelta(hours=hours)).pk for hours in (5, 4, 3, 2, 1)]

    retention.forget_old()

    assert list(Attempt.objects.order_by("pk").values_list("pk", flat=True)) == tries[2:]

"""What happens by the clock: leases taken back, what is old forgotten."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session

from tests.builders import NOW, World, a_delivery, a_notification, a_world, an_event, an_issue
from tocsin.pipeline import schedule
from tocsin.store.models import Delivery, Event, EventSeen, IssueMinute, RejectedBody

DAY = int(NOW.timestamp()) // 86_400
MINUTE = int(NOW.timestamp()) // 60


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db) -> World:
    return a_world()


def leased(world: World, until, **columns) -> Delivery:
    columns = {"state": "sending", "lease_until": until, "lease_by": "a", "attempts": 1, **columns}
    return a_delivery(a_notification(world.project), **columns)


def test_a_delivery_whose_sender_died_is_taken_up_and_the_sender_woken(world, rung):
    delivery = leased(world, NOW - timedelta(seconds=1))

    assert schedule.reclaim_leases() == 1

    delivery.refresh_from_db()
    assert delivery.state == "unknown"
    assert rung() == {"deliver"}


def test_a_delivery_that_is_being_sent_is_left_alone_and_nobody_woken(world, rung):
    leased(world, NOW + timedelta(seconds=1))

    assert schedule.reclaim_leases() == 0
    assert rung() == frozenset()


def test_a_delivery_that_ends_its_sender_each_time_is_given_up(world):
    delivery = leased(world, NOW - timedelta(seconds=1), attempts=8)

    schedule.reclaim_leases()

    delivery.refresh_from_db()
    assert delivery.state == "dead"


def test_events_are_kept_for_ninety_days(world):
    issue = an_issue(world.project)
    an_event(issue, received=NOW - timedelta(days=91))
    kept = an_event(issue, received=NOW - timedelta(days=89))

    schedule.forget_old()

    assert list(Event.objects.all()) == [kept]


def test_an_id_is_remembered_for_longer_than_a_client_resends(world):
    for age in (7, 8, 9):
        EventSeen.objects.create(project_id=1, event_id=f"{age}", day=DAY - age)

    schedule.forget_old()

    assert set(EventSeen.objects.values_list("event_id", flat=True)) == {"7", "8"}


def test_counts_by_the_minute_are_kept_for_five_weeks(world):
    issue = an_issue(world.project)
    for days in (34, 36):
        IssueMinute.objects.create(issue=issue, minute=MINUTE - days * 1440, count=1)

    schedule.forget_old()

    assert IssueMinute.objects.get().minute == MINUTE - 34 * 1440


def test_rejected_bodies_and_ended_sessions_are_dropped(world):
    RejectedBody.objects.create(project_id=1, received=NOW - timedelta(days=91), reason="r", body=b"")
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - timedelta(seconds=1))
    Session.objects.create(session_key="new", session_data="", expire_date=NOW + timedelta(days=1))

    schedule.forget_old()

    assert not RejectedBody.objects.exists()
    assert Session.objects.get().session_key == "new"


def test_more_than_one_transaction_drops_are_all_dropped_in_one_run(world):
    EventSeen.objects.bulk_create(
        EventSeen(project_id=1, event_id=f"{number}", day=DAY - 30) for number in range(schedule.ROWS_AT_ONCE + 10)
    )

    assert schedule.forget_old() == schedule.ROWS_AT_ONCE + 10

    assert not EventSeen.objects.exists()


def test_where_nothing_is_old_no_transaction_is_opened(world, django_assert_num_queries):
    with django_assert_num_queries(5):  # one look at each table
        assert schedule.forget_old() == 0


def test_every_job_has_a_name_of_its_own_and_can_run_twice(world):
    assert len({job.name for job in schedule.JOBS}) == len(schedule.JOBS)

    for job in [*schedule.JOBS, *schedule.JOBS]:
        job.run()

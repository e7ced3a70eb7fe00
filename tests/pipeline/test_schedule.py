"""What happens by the clock: leases taken back, signs of life asked for."""

from datetime import timedelta

import pytest
import time_machine

from tests.builders import NOW, World, a_delivery, a_lane, a_notification, a_world
from tocsin.pipeline import schedule
from tocsin.store.models import Delivery
from tocsin.store.writes import leases
from tocsin.store.writes import outbox as writes


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


def test_a_successor_takes_up_what_its_dead_predecessor_was_sending(world):
    lane = a_lane(busy_until=NOW + timedelta(seconds=90), busy_by="a", ready_at=NOW)
    delivery = leased(world, NOW + timedelta(seconds=90), lane=lane, due=NOW)

    assert schedule.succeed() == 1

    delivery.refresh_from_db()
    assert (delivery.state, delivery.doubtful) == ("unknown", 1)
    assert writes.claim(10, NOW + timedelta(seconds=1), NOW + timedelta(seconds=91), "b") == [delivery.pk]


def test_a_successor_leaves_alone_what_is_sent_while_a_person_waits(world):
    delivery = leased(world, NOW + timedelta(seconds=90), lease_by=f"{leases.ASKED}1")

    assert schedule.succeed() == 0

    delivery.refresh_from_db()
    assert delivery.state == "sending"


def test_every_job_has_a_name_of_its_own_and_can_run_twice(world):
    assert len({job.name for job in schedule.JOBS}) == len(schedule.JOBS)

    for job in [*schedule.JOBS, *schedule.JOBS]:
        job.run()

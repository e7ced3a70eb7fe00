"""What happens by the clock: leases taken back, signs of life asked for."""

from datetime import timedelta

import pytest
import time_machine

from tests.builders import NOW, World, a_delivery, a_notification, a_world
from tocsin.pipeline import schedule
from tocsin.store.models import Delivery


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


def test_every_job_has_a_name_of_its_own_and_can_run_twice(world):
    assert len({job.name for job in schedule.JOBS}) == len(schedule.JOBS)

    for job in [*schedule.JOBS, *schedule.JOBS]:
        job.run()

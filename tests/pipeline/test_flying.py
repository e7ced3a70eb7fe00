"""What one sender has on its way: counted by integration, until it is back or its lease is over."""

from datetime import timedelta

import pytest
import time_machine

from tests.builders import NOW, World, a_delivery, a_notification, a_world
from tocsin.core.crowding import FIRST
from tocsin.core.sending import Delivered, Unknown
from tocsin.pipeline import deliver
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.deliver import LEASE
from tocsin.pipeline.flying import Flying

SENT, SILENT = Delivered({}), Unknown("it did not answer")
DEADLINE, CONNECTIONS = 30, 4  # of transport/smtp.py


def flying(*claimed: tuple[int, str, int | None]) -> Flying:
    found = Flying()
    found.left(claimed, NOW + LEASE)
    return found


def test_what_left_is_counted_by_service_and_integration():
    found = flying((1, "email", None), (2, "email", None), (3, "slack", 7))

    assert found.crowd().flying == {"email:0": 2, "slack:7": 1}


def test_what_came_back_is_not_counted():
    found = flying((1, "email", None), (2, "email", None))

    found.landed([(1, SENT)], NOW)

    assert found.crowd().flying == {"email:0": 1}


def test_what_never_comes_back_counts_until_its_lease_is_over():
    found = flying((1, "email", None))

    found.landed([], NOW + LEASE - timedelta(seconds=1))
    assert found.crowd().flying == {"email:0": 1}

    found.landed([], NOW + LEASE)
    assert found.crowd().flying == {}


def test_the_last_mail_in_the_queue_is_over_before_its_lease():
    at_once = catalogue().providers["email"].at_once

    assert at_once / CONNECTIONS * DEADLINE < LEASE.total_seconds()


def test_an_integration_that_answers_is_given_more():
    found = flying((1, "slack", 7))

    found.landed([(1, SENT)], NOW)

    assert found.crowd().most_of("slack:7") == FIRST + 1


def test_one_that_does_not_answer_begins_anew():
    found = flying(*((number, "slack", 7) for number in range(3)))

    found.landed([(0, SENT), (1, SENT), (2, SILENT)], NOW)

    assert found.crowd().most_of("slack:7") == FIRST


def test_what_one_integration_answers_says_nothing_of_another():
    found = flying((1, "slack", 7))

    found.landed([(1, SENT)], NOW)

    assert found.crowd().most_of("slack:8") == FIRST


def test_what_a_plug_in_sent_that_is_gone_has_landed_all_the_same():
    found = flying((1, "pigeon", None))

    found.landed([(1, SENT)], NOW)

    assert found.crowd().flying == {}


@pytest.fixture
def world(db) -> World:
    return a_world()


def mails(world: World, count: int) -> None:
    for number in range(count):
        mail = a_delivery(a_notification(world.project), due=NOW)
        mail.lane.name = f"email:0:{number}"
        mail.lane.save()


def test_a_storm_of_mails_leaves_the_mail_server_as_many_as_it_takes(world):
    at_once = catalogue().providers["email"].at_once
    mails(world, at_once + 3)
    on_the_way = Flying()

    with time_machine.travel(NOW, tick=False):
        first = deliver.turn([], 200, NOW, on_the_way)
        second = deliver.turn([], 200, NOW, on_the_way)

    assert (len(first), second) == (at_once, [])


def test_while_the_mail_server_is_full_the_sender_rests(world):
    mails(world, catalogue().providers["email"].at_once + 1)
    on_the_way = Flying()

    deliver.turn([], 200, NOW, on_the_way)

    assert deliver.idle_for(NOW, on_the_way) > 0

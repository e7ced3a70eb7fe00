"""Each loop says that it completed a turn, seldom enough to cost nothing, and never fails at it."""

import pytest
import time_machine
from django.db import OperationalError

from tests.builders import NOW
from tests.refusing import refuse
from tocsin.pipeline import heartbeat
from tocsin.store.queries import heartbeats


@pytest.fixture(autouse=True)
def _nothing_was_reported(db):
    heartbeat._last.clear()
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_turn_leaves_a_sign():
    heartbeat.turned("digest")

    assert heartbeats.turned() == {"digest": NOW}


def test_each_loop_has_a_sign_of_its_own():
    heartbeat.turned("digest")
    heartbeat.turned("deliver")

    assert heartbeats.turned().keys() == {"digest", "deliver"}


def test_many_turns_a_second_are_one_write(django_assert_num_queries):
    heartbeat.turned("digest")

    with django_assert_num_queries(0):
        heartbeat.turned("digest")


def test_a_later_turn_is_a_later_sign():
    heartbeat.turned("digest")
    heartbeat._last["digest"] -= heartbeat.BEAT_EVERY

    with time_machine.travel(NOW.replace(minute=1), tick=False):
        heartbeat.turned("digest")

    assert heartbeats.turned() == {"digest": NOW.replace(minute=1)}


def test_asking_rings_both_loops(rung):
    heartbeat.ask()

    assert rung() == {"digest", "deliver"}


def test_a_database_that_takes_no_sign_ends_no_turn(caplog):
    refuse("store_heartbeat", "no room")

    heartbeat.turned("deliver")

    assert "The loop deliver could not report" in caplog.text
    assert heartbeats.turned() == {}


def test_who_stops_in_order_takes_its_signs_along():
    heartbeat.turned("digest")
    heartbeat.turned("deliver")

    heartbeat.stopped()

    assert heartbeats.turned() == {}


def test_who_starts_again_in_the_same_process_reports_at_once():
    heartbeat.turned("digest")
    heartbeat.stopped()

    heartbeat.turned("digest")

    assert heartbeats.turned() == {"digest": NOW}


def test_a_database_that_is_gone_does_not_spoil_the_stop(caplog, monkeypatch):
    def gone() -> None:
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(heartbeat.heartbeats, "end", gone)

    heartbeat.stopped()

    assert "could not take its signs of life along" in caplog.text

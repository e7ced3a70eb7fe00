"""The breaker: when to stop knocking, and when to knock again."""

from datetime import timedelta

import pytest
from tests.builders import NOW

from tocsin.core.breaker import FIRST_WAIT, LONGEST_WAIT, OPEN_AFTER, Breaker, BreakerState, after
from tocsin.core.sending import Delivered, Gone, Refused, Retry, Unknown

DOWN = Retry("HTTP 503")


def failed(times: int, breaker: Breaker | None = None, at=NOW) -> Breaker:
    breaker = breaker or Breaker()
    for _ in range(times):
        breaker = after(breaker, DOWN, at)
    return breaker


def test_a_few_failures_leave_it_closed():
    assert failed(OPEN_AFTER - 1).lets_through(NOW)


def test_failures_in_a_row_open_it():
    opened = failed(OPEN_AFTER)

    assert opened.state is BreakerState.OPEN
    assert not opened.lets_through(NOW)
    assert opened.lets_through(NOW + FIRST_WAIT)


@pytest.mark.parametrize("well", [Delivered(), Refused("invalid_blocks"), Gone("is_archived")])
def test_an_answer_about_the_message_or_the_address_shows_that_the_service_is_there(well):
    assert after(failed(OPEN_AFTER - 1), well, NOW) == Breaker()


def test_a_lost_answer_counts_as_a_failure():
    assert after(failed(OPEN_AFTER - 1), Unknown("lost"), NOW).state is BreakerState.OPEN


def test_a_service_that_asks_to_wait_is_not_broken():
    almost = failed(OPEN_AFTER - 1)

    assert after(almost, Retry("HTTP 429", after=30), NOW) == almost


def test_what_was_on_its_way_when_it_opened_does_not_open_it_again():
    opened = failed(OPEN_AFTER)

    assert failed(20, opened).until == opened.until


def test_a_probe_that_fails_within_its_lease_opens_it_for_twice_as_long():
    opened = failed(OPEN_AFTER)

    assert after(opened, DOWN, NOW, probe=True).until == NOW + 2 * FIRST_WAIT


def test_a_probe_that_fails_opens_it_for_twice_as_long():
    probed = NOW + FIRST_WAIT

    again = failed(1, failed(OPEN_AFTER), probed)

    assert again.until == probed + 2 * FIRST_WAIT


def test_a_probe_that_arrives_closes_it():
    assert after(failed(OPEN_AFTER), Delivered(), NOW + FIRST_WAIT) == Breaker()


def test_the_wait_has_a_bound():
    breaker, at = failed(OPEN_AFTER), NOW
    for _ in range(20):
        at = breaker.until or at
        breaker = failed(1, breaker, at)

    assert (breaker.until or at) - at == LONGEST_WAIT
    assert timedelta(minutes=10) >= LONGEST_WAIT

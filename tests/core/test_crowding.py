"""How many deliveries of one integration are on their way at once: few, until it has shown that it answers."""

import pytest

from tocsin.core.breaker import OPEN_AFTER
from tocsin.core.crowding import FIRST, after
from tocsin.core.sending import Delivered, Gone, Refused, Retry, Unknown

MOST = 100


@pytest.mark.parametrize("answer", [Delivered({}), Refused("no such channel"), Gone("archived")])
def test_a_service_that_is_there_gets_one_more(answer):
    assert after(40, answer, MOST) == 41


@pytest.mark.parametrize("answer", [Unknown("no answer"), Retry("503")])
def test_a_service_that_seems_not_to_be_there_begins_anew(answer):
    assert after(40, answer, MOST) == FIRST


def test_a_rate_limit_changes_nothing():
    assert after(40, Retry("429", 3.0), MOST) == 40


def test_it_is_never_wider_than_the_service_takes():
    assert after(MOST, Delivered({}), MOST) == MOST


def test_what_is_given_first_is_enough_to_open_the_breaker():
    assert FIRST > OPEN_AFTER

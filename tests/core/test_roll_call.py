"""What follows from each answer when an account's people are asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.core.roll_call import MOST_FAILURES, MOST_PAGES, GoesOn, Over, Standing, after
from tocsin.core.roster import Listed
from tocsin.core.sending import Delivered, Gone, Refused, Retry, Unknown

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def later(**time) -> datetime:
    return NOW + timedelta(**time)


def test_the_next_page_is_asked_for_at_once():
    assert after(Standing("a", 3, 2), Listed(more="b"), NOW) == GoesOn(Standing("b", 4, 0), NOW)


def test_after_the_last_page_it_is_over():
    assert after(Standing("a", 3), Listed(), NOW) == Over()


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        pytest.param(30, {"seconds": 30}, id="as long as the service asks"),
        pytest.param(0, {"seconds": 0}, id="which may be no time"),
        pytest.param(None, {"minutes": 1}, id="a minute where it says nothing"),
        pytest.param(1e12, {"hours": 1}, id="an hour at most"),
    ],
)
def test_a_service_that_asks_to_wait_is_waited_for(asked, waits):
    assert after(Standing("a", 3), Retry("busy", asked), NOW) == GoesOn(Standing("a", 3, 1), later(**waits))


def test_a_lost_answer_is_asked_for_again_a_minute_later():
    assert after(Standing("a", 3), Unknown("lost"), NOW) == GoesOn(Standing("a", 3, 1), later(minutes=1))


@pytest.mark.parametrize("outcome", [Retry("busy"), Unknown("busy"), Refused("busy")])
def test_it_gives_up_with_the_reason_after_as_many_failures_as_it_bears(outcome):
    assert isinstance(after(Standing("a", 3, MOST_FAILURES - 1), outcome, NOW), GoesOn)
    assert after(Standing("a", 3, MOST_FAILURES), outcome, NOW) == Over("busy")


def test_where_the_place_is_not_known_any_more_it_begins_again_and_counts_on():
    assert after(Standing("a", 3), Refused("invalid_cursor"), NOW) == GoesOn(Standing("", 3, 1), later(minutes=1))


@pytest.mark.parametrize("outcome", [Refused("missing_scope"), Gone("HTTP 404")])
def test_what_is_refused_at_the_beginning_ends_it(outcome):
    assert after(Standing(), outcome, NOW) == Over(outcome.reason)


def test_an_answer_of_another_kind_ends_it():
    assert isinstance(after(Standing(), Delivered(), NOW), Over)


def test_a_service_that_leads_in_a_circle_is_left():
    assert after(Standing("a", 3), Listed(more="a"), NOW) == Over("The service gave the same page twice.")


def test_there_is_a_last_page_however_long_the_list():
    assert isinstance(after(Standing("a", MOST_PAGES - 2), Listed(more="b"), NOW), GoesOn)
    assert isinstance(after(Standing("a", MOST_PAGES - 1), Listed(more="b"), NOW), Over)

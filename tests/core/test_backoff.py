"""What comes after a try."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.backoff import MESSAGES, Done, GivenUp, RetryAt, next_step
from tocsin.core.delivery import TRANSITIONS, State
from tocsin.core.sending import Delivered, Gone, Refused, Retry, Unknown

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def step(outcome, attempts=1, chance=0.5):
    return next_step(outcome, attempts, MESSAGES, NOW, chance)


def test_a_delivered_message_is_done():
    assert step(Delivered({"ts": "1"})) == Done(State.SENT)


@pytest.mark.parametrize("outcome", [Refused("never this"), Gone("never there")])
def test_a_refusal_is_final_and_keeps_its_reason(outcome):
    assert step(outcome) == GivenUp(outcome.reason, State.FAILED)


def test_the_wait_is_drawn_anew_and_its_range_doubles():
    waits = [step(Retry("busy"), attempts, chance=0.5).when - NOW for attempts in (1, 2, 3)]

    assert waits == [timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=60)]


def test_eight_tries_take_about_half_an_hour():
    waits = [step(Retry("busy"), attempts).when - NOW for attempts in range(1, 8)]

    assert timedelta(minutes=25) < sum(waits, timedelta()) < timedelta(minutes=35)


def test_after_the_eighth_try_it_is_given_up_with_the_last_reason():
    assert step(Retry("Slack answered HTTP 503."), 8) == GivenUp(
        "Slack answered HTTP 503. Given up after try 8.", State.DEAD
    )


def test_a_longer_retry_after_wins():
    assert step(Retry("wait", after=600), chance=0.0).when == NOW + timedelta(seconds=600)


def test_a_shorter_retry_after_does_not_hasten():
    assert step(Retry("wait", after=1), attempts=7, chance=1.0).when == NOW + timedelta(minutes=32)


def test_a_retry_after_of_a_year_is_capped_at_an_hour():
    assert step(Retry("wait", after=31_536_000), chance=0.0).when == NOW + timedelta(hours=1)


def test_two_that_were_told_the_same_time_do_not_return_together():
    one, other = (step(Retry("wait", after=600), chance=chance).when for chance in (0.1, 0.9))

    assert one != other


def test_a_lost_answer_is_tried_again_and_says_that_it_may_arrive_twice():
    again = step(Unknown("Slack gave no answer."))

    assert isinstance(again, RetryAt)
    assert again.state is State.UNKNOWN
    assert "may bring it twice" in again.reason


@given(
    st.sampled_from([Retry("r"), Retry("r", 5.0), Retry("r", 1e300), Unknown("u"), Refused("n"), Gone("g")]),
    st.integers(1, 40),
    st.floats(0, 1),
)
def test_every_step_is_a_way_that_the_states_allow_and_never_goes_back_in_time(outcome, attempts, chance):
    after = step(outcome, attempts, chance)

    assert after.state in TRANSITIONS[State.SENDING]
    if isinstance(after, RetryAt):
        assert NOW <= after.when <= NOW + timedelta(minutes=66)

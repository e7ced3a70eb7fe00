"""The states of a delivery, and the only ways between them."""

import pytest

from tocsin.core.delivery import (
    CLAIMABLE,
    FINAL,
    HOLDABLE,
    PENDING,
    REPLAYABLE,
    TRANSITIONS,
    ForbiddenMoveError,
    State,
    before,
    moved,
)


def test_each_state_says_what_may_follow():
    assert set(TRANSITIONS) == set(State)


def test_what_waits_may_be_claimed():
    assert set(CLAIMABLE) == PENDING - {State.SENDING}


def test_what_is_on_its_way_is_not_held_back():
    assert State.SENDING not in HOLDABLE


def test_only_what_ended_badly_is_sent_again():
    assert set(REPLAYABLE) == {State.FAILED, State.DEAD}


def test_nothing_becomes_what_it_is_by_itself():
    assert all(state not in before(state) for state in State)


@pytest.mark.parametrize("to", sorted(TRANSITIONS[State.SENDING]))
def test_a_try_ends_in_what_may_follow_it(to):
    assert moved(State.SENDING, to) == to


@pytest.mark.parametrize("to", [State.QUEUED, State.HELD, "lost"])
def test_and_in_nothing_else(to):
    with pytest.raises(ForbiddenMoveError):
        moved(State.SENDING, to)


@pytest.mark.parametrize("state", sorted(FINAL - {State.FAILED, State.DEAD}))
def test_what_was_sent_or_suppressed_stays_so(state):
    assert TRANSITIONS[state] == frozenset()

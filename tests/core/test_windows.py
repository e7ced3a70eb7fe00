"""Of which minutes and seconds a count is the sum."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.environments import Environments
from tocsin.core.facts import EVENTS, LATEST_RELEASE, MATCHING_USERS, TAGGED, USERS, Asked, Need
from tocsin.core.windows import END_OF_TIME, EXACT, Range, series, span

AT = 29_000_000 * 60 + 30


def test_a_minute_back_from_half_past_is_half_a_minute_and_all_after():
    found = span(Need(EVENTS, 60), AT)

    assert found.seconds == Range(AT - 59, END_OF_TIME - 1)
    assert found.ends == (Range(AT - 59, AT - 31),)
    assert found.minutes.first == AT // 60


def test_a_window_that_begins_with_a_minute_needs_no_single_seconds():
    assert span(Need(EVENTS, 60), AT + 29).ends == ()


def test_a_stretch_before_ends_where_the_window_begins():
    now, before = span(Need(EVENTS, 300), AT), span(Need(EVENTS, 300, 300), AT)

    assert before.seconds == Range(AT - 599, AT - 300)
    assert now.seconds.first == AT - 299


def test_further_back_than_two_hours_whole_minutes_are_counted():
    found = span(Need(EVENTS, 86_400), AT)

    assert found.ends == ()
    assert found.minutes.first == (AT - 86_399) // 60


@given(
    at=st.integers(AT, AT + 200),
    window=st.sampled_from([60, 300, 900, 3600, 86_400]),
    before=st.sampled_from([0, 300, 900, 3600, 86_400, 604_800]),
)
def test_minutes_and_ends_together_are_the_seconds_and_nothing_twice(at, window, before):
    found = span(Need(EVENTS, window, before), at)
    whole = range(found.minutes.first * 60, (found.minutes.last + 1) * 60)
    stretches = [whole, *(range(end.first, end.last + 1) for end in found.ends)]
    stretches = sorted((one for one in stretches if len(one)), key=lambda one: one.start)

    assert stretches[0].start == found.seconds.first
    assert stretches[-1].stop == found.seconds.last + 1
    assert all(one.stop == after.start for one, after in pairwise(stretches))


@given(at=st.integers(AT, AT + 10**6), window=st.sampled_from([60, 300, 3600, 86_400]))
def test_a_window_and_the_one_before_it_meet(at, window):
    now, before = span(Need(EVENTS, window), at), span(Need(EVENTS, window, window), at)

    if now.is_exact == before.is_exact:
        assert before.seconds.last + 1 == now.seconds.first


def test_seconds_are_counted_for_short_windows_alone():
    assert series(Asked(Need(EVENTS, 3600))) == "events"
    assert series(Asked(Need(EVENTS, EXACT + 60))) == ""


def test_each_thing_that_is_counted_has_its_own_name():
    where = Environments(frozenset({"production"}))

    assert series(Asked(Need(USERS, 86_400), where)) == "users"
    assert series(Asked(Need(MATCHING_USERS, 60), filters="f00")) == "users:f00"
    assert series(Asked(Need(TAGGED, 60, detail="customer"))) == "tag:customer"
    assert series(Asked(Need(LATEST_RELEASE))) == ""

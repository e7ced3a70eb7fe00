"""What rules ask of a project: its sessions, its releases, those that are adopted."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import NOW

from tocsin.core.environments import EVERYWHERE, Environments
from tocsin.core.places import Sessions, Sums, adopted, newest, of_version
from tocsin.core.releases import Known

MINUTE = int(NOW.timestamp()) // 60
PRODUCTION = Environments(frozenset({"production"}))
NOT_TEST = Environments(never=frozenset({"test"}))
HOUR = 3600


def known(version: str, hours_ago: float) -> Known:
    return Known(version, NOW - timedelta(hours=hours_ago))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9))), st.integers(-2, 32), st.integers(-2, 32))
def test_sums_are_what_adding_everything_up_would_say(counts, first, last):
    assert Sums(counts).between(first, last) == sum(count for minute, count in counts if first <= minute <= last)


@pytest.mark.parametrize(
    ("minutes_ago", "is_counted"),
    [(-1, False), (0, True), (59, True), (60, False)],
    ids=["yet to come", "this minute", "the hour's first minute", "an hour ago"],
)
def test_sessions_of_the_window_count(minutes_ago, is_counted):
    sessions = Sessions([(MINUTE - minutes_ago, "production", 7)])

    assert sessions.begun(HOUR, NOW, EVERYWHERE) == (7 if is_counted else 0)


@pytest.mark.parametrize(("where", "count"), [(EVERYWHERE, 111), (PRODUCTION, 1), (NOT_TEST, 11)])
def test_sessions_are_those_of_the_environments_that_ask(where, count):
    sessions = Sessions([(MINUTE, "production", 1), (MINUTE, "staging", 10), (MINUTE, "test", 100)])

    assert sessions.begun(HOUR, NOW, where) == count


def test_one_answer_does_not_change_the_next():
    sessions = Sessions([(MINUTE, "production", 1), (MINUTE, "test", 100)])

    assert [sessions.begun(HOUR, NOW, where) for where in (PRODUCTION, EVERYWHERE, PRODUCTION)] == [1, 101, 1]


RELEASES = [
    ("production", known("1.0", 9)),
    ("staging", known("2.0", 5)),
    ("production", known("1.1", 3)),
    ("staging", known("1.1", 1)),
]


@pytest.mark.parametrize(
    ("where", "hours_ago", "version"),
    [
        pytest.param(EVERYWHERE, 0, "1.1", id="what came last anywhere"),
        pytest.param(EVERYWHERE, 4, "2.0", id="then: what came later was not yet there"),
        pytest.param(PRODUCTION, 4, "1.0", id="of an environment"),
        pytest.param(EVERYWHERE, 5, "2.0", id="it counts from its very moment on"),
        pytest.param(EVERYWHERE, 10, "", id="none yet"),
        pytest.param(Environments(frozenset({"moon"})), 0, "", id="none there"),
    ],
)
def test_the_newest_release_is_the_one_first_seen_last(where, hours_ago, version):
    assert newest(RELEASES, where, NOW - timedelta(hours=hours_ago)) == version


def test_a_release_is_as_old_as_its_first_sight_anywhere():
    assert of_version(RELEASES, "1.1", NOW) == known("1.1", 3)


def test_a_release_that_is_yet_to_come_is_not_known():
    assert of_version(RELEASES, "1.1", NOW - timedelta(hours=4)) is None


@pytest.mark.parametrize(
    ("shares", "versions"),
    [
        pytest.param({"1.0": 90, "1.1": 10}, ["1.1", "1.0"], id="a tenth is enough; newest first"),
        pytest.param({"1.0": 91, "1.1": 9}, ["1.0"], id="less is not"),
        pytest.param({"1.0": 50, "9.9": 50}, ["1.0"], id="what nobody knows as a release is not"),
        pytest.param({"1.0": 50, "2.0": 50}, ["1.0"], id="nor a release of elsewhere"),
        pytest.param({}, [], id="no sessions, no adoption"),
    ],
)
def test_adopted_is_what_a_tenth_of_the_sessions_have(shares, versions):
    assert [one.version for one in adopted(RELEASES, "production", shares)] == versions

"""Until when an archived issue stays quiet (behaviour §10.3)."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.core.snooze import Counts, Snooze, ended, forecast

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def counts(seen: int = 0, users: int = 0, **within: int) -> Counts:
    return Counts(seen, users, lambda _: within.get("seen_within", 0), lambda _: within.get("users_within", 0))


def has_ended(snooze: Snooze, found: Counts) -> bool:
    return ended(snooze, found, NOW) is not None


@pytest.mark.parametrize(("until", "over"), [(NOW - MINUTE, True), (NOW, True), (NOW + MINUTE, False)])
def test_until_a_time(until, over):
    assert has_ended(Snooze(1, until=until), counts()) is over


@pytest.mark.parametrize(("seen", "over"), [(109, False), (110, True), (111, True)])
def test_until_so_many_more_events_than_there_were(seen, over):
    assert has_ended(Snooze(1, count=10, seen_before=100), counts(seen)) is over


@pytest.mark.parametrize(("within", "over"), [(9, False), (10, True)])
def test_until_so_many_events_within_a_window_however_many_there_were(within, over):
    assert has_ended(Snooze(1, count=10, window=60), counts(5000, seen_within=within)) is over


@pytest.mark.parametrize(("users", "over"), [(12, False), (13, True)])
def test_until_so_many_more_users(users, over):
    assert has_ended(Snooze(1, user_count=3, users_before=10), counts(users=users)) is over


@pytest.mark.parametrize(("within", "over"), [(2, False), (3, True)])
def test_until_so_many_users_within_a_window(within, over):
    assert has_ended(Snooze(1, user_count=3, user_window=60), counts(users=99, users_within=within)) is over


@pytest.mark.parametrize(("within", "over"), [(20, False), (21, True)])
def test_until_more_events_in_an_hour_than_were_forecast(within, over):
    assert has_ended(Snooze(1, forecast=20), counts(seen_within=within)) is over


def test_for_ever():
    assert not has_ended(Snooze(1), counts(10**9, 10**9, seen_within=10**6, users_within=10**6))


def test_the_condition_that_came_is_named():
    found = ended(Snooze(1, count=10, window=60), counts(seen_within=10), NOW)

    assert found is not None
    assert (found.condition, found.forecast) == ({"count": 10, "window": 60}, 0)


@pytest.mark.parametrize(
    ("hours", "least"),
    [
        pytest.param([], 10, id="no history"),
        pytest.param([0] * 335 + [1], 10, id="once in two weeks"),
        pytest.param([100] * 336, 100, id="steady"),
        pytest.param([0] * 330 + [50] * 6, 50, id="an hour that it has had before is not unusual"),
    ],
)
def test_the_forecast(hours, least):
    assert forecast(hours) == least


def test_a_noisy_issue_may_vary():
    assert forecast([80, 120] * 168) == 180

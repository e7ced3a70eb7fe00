import pytest
from tests.conditions.asking import an_issue, ask, facts, in_words, known

from tocsin.core.facts import EVENTS, SESSIONS, Need
from tocsin.core.fields import InvalidFieldsError

PERCENT = "sentry.rules.conditions.event_frequency.EventFrequencyPercentCondition"
HOUR_OF_SESSIONS = Need(SESSIONS, 3600)


def holds(count: int, sessions: int, value: float, interval: str = "1h", seconds: int = 3600, **changes) -> bool:
    values = known({Need(EVENTS, seconds): count, HOUR_OF_SESSIONS: sessions})
    return ask(PERCENT, facts(values=values, **changes), value=value, interval=interval)


@pytest.mark.parametrize(
    ("count", "sessions", "value", "held"),
    [
        pytest.param(6, 100, 5, True, id="6 % are more than 5"),
        pytest.param(5, 100, 5, False, id="5 % are not more than 5"),
        pytest.param(50, 49, 1, False, id="fewer than 50 sessions say nothing"),
        pytest.param(1, 50, 1.9, True, id="50 sessions are enough; a percentage may have a fraction"),
        pytest.param(1, 30_000, 0, False, id="less than a hundredth of a percent is nothing"),
    ],
)
def test_the_share_of_an_hours_sessions_has_to_be_more(count, sessions, value, held):
    assert holds(count, sessions, value) is held


@pytest.mark.parametrize(("interval", "seconds", "average"), [("5m", 300, 10), ("10m", 600, 20), ("30m", 1800, 60)])
def test_shorter_intervals_are_compared_with_their_part_of_the_hours_sessions(interval, seconds, average):
    assert holds(average // 2 + 1, 120, 50, interval, seconds)
    assert not holds(average // 2, 120, 50, interval, seconds)


def test_growth_is_that_of_the_share():
    values = known({Need(EVENTS, 300): 30, Need(EVENTS, 300, 3600): 10, HOUR_OF_SESSIONS: 1200})
    options = {"interval": "5m", "comparisonType": "percent", "comparisonInterval": "1h"}

    assert ask(PERCENT, facts(values=values), value=199, **options)
    assert not ask(PERCENT, facts(values=values), value=200, **options)


def test_what_is_no_error_does_not_fail_sessions():
    assert not holds(60, 100, 5, issue=an_issue(category=2))


def test_a_new_issue_is_not_counted_for_more_than_one_percent():
    assert not ask(PERCENT, facts(is_new=True), value=2, interval="1h")


@pytest.mark.parametrize(
    "options",
    [
        {"value": 101, "interval": "1h"},
        {"value": "nan", "interval": "1h"},
        {"value": -1, "interval": "1h"},
        {"value": 5, "interval": "1d"},
    ],
)
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(InvalidFieldsError):
        ask(PERCENT, facts(), **options)


def test_growth_may_be_more_than_100_percent():
    assert in_words(PERCENT, value=150, interval="1h", comparisonType="percent")


def test_it_reads_as_a_sentence():
    words = in_words(PERCENT, value=2.5, interval="10m")

    assert words == "The percentage of sessions affected in 10 minutes is more than 2.5"

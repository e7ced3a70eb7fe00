import pytest
from tests.conditions.asking import FREQUENCY, ask, facts, in_words, known

from tocsin.core.facts import EVENTS, Need, UnknownFactError
from tocsin.core.fields import InvalidFieldsError

HOUR = Need(EVENTS, 3600)


def counted(count: int, options: dict, **changes) -> bool:
    return ask(FREQUENCY, facts(values=known({HOUR: count}), **changes), **{"interval": "1h", **options})


def compared(now: int, before: int, value: int, **options) -> bool:
    values = known({HOUR: now, Need(EVENTS, 3600, 86_400): before})
    options = {"interval": "1h", "comparisonType": "percent", "comparisonInterval": "1d", "value": value, **options}
    return ask(FREQUENCY, facts(values=values), **options)


@pytest.mark.parametrize(("count", "held"), [(9, False), (10, False), (11, True)])
def test_the_count_has_to_be_more_than_the_number(count, held):
    assert counted(count, {"value": 10}) is held


def test_more_than_nothing_is_one():
    assert counted(1, {"value": 0})


@pytest.mark.parametrize(
    ("interval", "seconds"),
    [("1m", 60), ("5m", 300), ("15m", 900), ("1h", 3600), ("1d", 86_400), ("1w", 604_800), ("30d", 2_592_000)],
)
def test_each_interval_is_a_window_that_ends_now(interval, seconds):
    assert ask(FREQUENCY, facts(values=known({Need(EVENTS, seconds): 2})), value=1, interval=interval)


@pytest.mark.parametrize(
    ("now", "before", "value", "held"),
    [
        pytest.param(30, 10, 199, True, id="three times as many are 200 % more"),
        pytest.param(30, 10, 200, False, id="not more than 200 %"),
        pytest.param(10, 30, 0, False, id="less is no growth"),
        pytest.param(199, 100, 98, True, id="99 %"),
        pytest.param(1999, 1000, 99, False, id="99.9 % counts as 99"),
        pytest.param(50, 0, 0, False, id="from nothing there is no percentage"),
    ],
)
def test_growth_is_in_whole_percent_of_what_it_was(now, before, value, held):
    assert compared(now, before, value) is held


def test_growth_is_compared_with_five_minutes_before_unless_it_says_otherwise():
    values = known({Need(EVENTS, 60): 3, Need(EVENTS, 60, 300): 1})

    assert ask(FREQUENCY, facts(values=values), value=100, interval="1m", comparisonType="percent")


def test_growth_compared_with_an_empty_interval_never_holds():
    assert not compared(30, 10, 1, comparisonInterval="")


def test_a_new_issue_cannot_have_happened_twice_so_nothing_is_counted():
    assert not ask(FREQUENCY, facts(is_new=True), value=2, interval="1h")


def test_a_new_issue_is_counted_where_one_event_may_be_enough():
    with pytest.raises(UnknownFactError):
        ask(FREQUENCY, facts(is_new=True), value=1, interval="1h")


@pytest.mark.parametrize(
    "options",
    [
        {"interval": "1h"},
        {"value": 3},
        {"value": -1, "interval": "1h"},
        {"value": "many", "interval": "1h"},
        {"value": 3, "interval": "2h"},
        {"value": 3, "interval": "1h", "comparisonType": "ratio"},
        {"value": 3, "interval": "1h", "comparisonInterval": "1m"},
    ],
)
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(InvalidFieldsError):
        ask(FREQUENCY, facts(), **options)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"value": 10, "interval": "5m"}, "The number of events in 5 minutes is more than 10"),
        (
            {"value": 50, "interval": "1h", "comparisonType": "percent"},
            (
                "The number of events in one hour has grown, in percent, by more than 50 "
                "compared with 5 minutes before"
            ),
        ),
        (
            {"value": 50, "interval": "1h", "comparisonType": "percent", "comparisonInterval": ""},
            "The number of events in one hour has grown, in percent, by more than 50",
        ),
    ],
)
def test_it_reads_as_a_sentence(options, sentence):
    assert in_words(FREQUENCY, **options) == sentence

from datetime import timedelta

import pytest
from tests.conditions.asking import NOW, an_issue, ask, facts, in_words

from tocsin.core.fields import InvalidFieldsError

AGE = "sentry.rules.filters.age_comparison.AgeComparisonFilter"
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("comparison", "age", "held"),
    [
        ("older", timedelta(hours=2) + SECOND, True),
        ("older", timedelta(hours=2), False),
        ("newer", timedelta(hours=2), False),
        ("newer", timedelta(hours=2) - SECOND, True),
    ],
)
def test_an_issue_of_just_that_age_is_neither_older_nor_newer(comparison, age, held):
    about = facts(issue=an_issue(first_seen=NOW - age))

    assert ask(AGE, about, comparison_type=comparison, value=2, time="hour") is held


@pytest.mark.parametrize(
    ("unit", "age"),
    [
        ("minute", timedelta(minutes=3)),
        ("hour", timedelta(hours=3)),
        ("day", timedelta(days=3)),
        ("week", timedelta(weeks=3)),
    ],
)
def test_each_unit_is_as_long_as_it_says(unit, age):
    about = facts(issue=an_issue(first_seen=NOW - age - SECOND))

    assert ask(AGE, about, comparison_type="older", value=3, time=unit)
    assert not ask(AGE, about, comparison_type="older", value=4, time=unit)


@pytest.mark.parametrize(
    "options", [{"value": "x"}, {"time": "year"}, {"comparison_type": "same"}, {"value": 10**6}]
)
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(InvalidFieldsError):
        ask(AGE, facts(), **{"comparison_type": "older", "value": 1, "time": "day", **options})


def test_it_reads_as_a_sentence():
    assert in_words(AGE, comparison_type="older", value=3, time="day") == "The issue is older than 3 days"

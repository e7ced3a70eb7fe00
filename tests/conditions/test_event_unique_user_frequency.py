import pytest
from tests.conditions.asking import ask, facts, in_words, known

from tocsin.core.facts import USERS, Need

UNIQUE_USERS = "sentry.rules.conditions.event_frequency.EventUniqueUserFrequencyCondition"


@pytest.mark.parametrize(("users", "held"), [(4, False), (5, False), (6, True)])
def test_there_have_to_be_more_users_than_the_number(users, held):
    assert ask(UNIQUE_USERS, facts(values=known({Need(USERS, 300): users})), value=5, interval="5m") is held


def test_growth_is_that_of_users():
    values = known({Need(USERS, 300): 30, Need(USERS, 300, 3600): 10})
    options = {"interval": "5m", "comparisonType": "percent", "comparisonInterval": "1h"}

    assert ask(UNIQUE_USERS, facts(values=values), value=199, **options)


def test_a_new_issue_has_one_user_at_most_so_nothing_is_counted():
    assert not ask(UNIQUE_USERS, facts(is_new=True), value=2, interval="5m")


def test_it_reads_as_a_sentence():
    words = in_words(UNIQUE_USERS, value=5, interval="1d")

    assert words == "The number of users affected in one day is more than 5"

import pytest
from tests.conditions.asking import TAGGED, a_rule, facts, in_words, known, node

from tocsin.core.evaluate import decide
from tocsin.core.facts import MATCHING_USERS, Need

MATCHING = "sentry.rules.conditions.event_frequency.EventUniqueUserFrequencyConditionWithConditions"
ERRORS = {"filters": [node(TAGGED, key="plan", match="ns")]}


@pytest.mark.parametrize(("users", "fired"), [(5, False), (6, True)])
def test_the_users_are_those_of_events_that_pass_the_rules_own_filters(users, fired):
    rule = a_rule(conditions=[node(MATCHING, value=5, interval="1h")], **ERRORS)
    values = known({Need(MATCHING_USERS, 3600): users}, filters=rule.filters_key)

    assert bool(decide([rule], facts(values=values)).matched) is fired


def test_what_was_counted_for_other_filters_is_not_this_rules_count():
    rule = a_rule(conditions=[node(MATCHING, value=5, interval="1h")], **ERRORS)
    other = a_rule(conditions=[node(MATCHING, value=5, interval="1h")], filters=[])
    values = known({Need(MATCHING_USERS, 3600): 99}, filters=other.filters_key)

    assert decide([rule], facts(values=values)).open == [rule]


def test_it_reads_as_a_sentence():
    words = in_words(MATCHING, value=5, interval="1h")

    assert words == "The number of users affected by events that pass the filters in one hour is more than 5"

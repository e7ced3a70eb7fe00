"""Which rules an event is shown to: not those that name another value of a tag, and always all that may fire."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conditions.asking import EVERY_EVENT, LEVEL, TAGGED, a_rule, an_event, facts, node

from tocsin.core.evaluate import decide
from tocsin.core.watching import watching

CHANNEL_A = node(TAGGED, key="channel", match="eq", value="a")
ERROR = node(LEVEL, match="eq", level="40")


def rules(*filters, **data):
    made = [a_rule(conditions=[node(EVERY_EVENT)], filters=list(some), **data) for some in filters]
    return [replace(rule, id=number) for number, rule in enumerate(made)]


def asked(found, *tags):
    return [rule.id for rule in watching(found).over(an_event(tags=tags))]


def test_a_rule_of_another_value_is_not_asked():
    assert asked(rules([CHANNEL_A]), ("channel", "b")) == []


def test_names_and_values_fit_in_any_case():
    assert asked(rules([CHANNEL_A]), ("sentry:Channel", " A ")) == [0]


def test_a_rule_that_names_no_value_is_always_asked():
    assert asked(rules([ERROR], []), ("channel", "b")) == [0, 1]


def test_the_order_of_the_rules_is_kept():
    assert asked(rules([CHANNEL_A], [], [ERROR, CHANNEL_A]), ("channel", "a")) == [0, 1, 2]


def test_a_rule_is_asked_once_however_often_its_tag_is_set():
    assert asked(rules([CHANNEL_A]), ("channel", "a"), ("channel", "A")) == [0]


@pytest.mark.parametrize("match", ["any", "none"])
def test_where_not_all_filters_have_to_hold_the_rule_is_asked(match):
    assert asked(rules([CHANNEL_A, ERROR], filterMatch=match), ("channel", "b")) == [0]


VALUES = st.sampled_from(["a", "b", "A", " a", ""])
FILTERS = st.lists(
    st.builds(
        lambda key, match, value: node(TAGGED, key=key, match=match, value=value),
        st.sampled_from(["channel", "Channel", "sentry:channel", "till"]),
        st.sampled_from(["eq", "ne", "co", "in", "is", "ns"]),
        st.sampled_from(["a", "b", "A ", "a,b"]),
    ),
    max_size=3,
)


@given(
    st.lists(st.tuples(FILTERS, st.sampled_from(["all", "any", "none"])), max_size=6),
    st.lists(st.tuples(st.sampled_from(["channel", "till", "Sentry:Channel"]), VALUES), max_size=4),
)
def test_who_is_not_asked_would_not_have_fired(lines, tags):
    made = [rules(some, filterMatch=match)[0] for some, match in lines]
    numbered = [replace(rule, id=number) for number, rule in enumerate(made)]
    event = an_event(tags=tuple(tags))
    fired = [
        [one.rule.id for one in decide(found, facts(event)).matched]
        for found in (numbered, watching(numbered).over(event))
    ]
    assert fired[0] == fired[1]

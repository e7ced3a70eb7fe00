"""Rules with a limit for an hour."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.cap import Capped, capped


def test_what_goes_beyond_the_limit_is_held_back_and_counted():
    assert capped([7, 7, 7], {7: 2}, {}) == Capped([0, 1], {7: 1})


def test_what_fired_within_the_hour_counts():
    assert capped([7, 7], {7: 2}, {7: 1}) == Capped([0], {7: 1})


def test_a_rule_without_a_limit_fires_as_it_likes():
    assert capped([8, 7, 8], {7: 0}, {8: 99}) == Capped([0, 2], {7: 1})


@given(st.lists(st.integers(1, 3)), st.dictionaries(st.integers(1, 3), st.integers(0, 4)))
def test_each_is_within_or_counted_and_no_rule_is_beyond_its_limit(rules, limits):
    found = capped(rules, limits, {})

    assert len(found.within) + sum(found.over.values()) == len(rules)
    kept = [rules[place] for place in found.within]
    assert all(kept.count(rule) <= limit for rule, limit in limits.items())

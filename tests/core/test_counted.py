"""Which of an event's users and tag values count for alert rules."""

import pytest
from tests.conditions.asking import LEVEL, TAGGED, a_rule, an_event, facts, node

from tocsin.core import counted
from tocsin.core.event import EventUser

FATAL = node(LEVEL, match="eq", level="50")
GOLD = node(TAGGED, key="customer", match="eq", value="gold")


def user(**fields) -> str:
    return counted.user(an_event(user=EventUser(**fields)))


def test_a_user_is_the_same_whatever_else_is_said_of_them():
    assert user(id="7", email="ana@example.com") == user(id="7", ip_address="192.0.2.1")


@pytest.mark.parametrize("one", [{"email": "7"}, {"username": "7"}, {"ip_address": "7"}, {"id": "8"}])
def test_another_kind_of_name_is_another_user(one):
    assert user(**one) != user(id="7")


@pytest.mark.parametrize(
    "event", [an_event(), an_event(user=EventUser())], ids=["no user", "a user without a name"]
)
def test_nobody_is_nobody(event):
    assert not counted.user(event)


def test_what_is_kept_of_a_user_is_16_hex_and_not_the_name():
    kept = user(email="ana@example.com")

    assert len(kept) == 16
    assert int(kept, 16) >= 0


@pytest.mark.parametrize(
    ("match", "fields", "counts"),
    [
        ("all", {"level": "fatal", "tags": (("customer", "gold"),)}, True),
        ("all", {"level": "fatal"}, False),
        ("none", {"level": "error"}, True),
        ("none", {"level": "fatal"}, False),
    ],
)
def test_users_of_events_that_the_filters_let_pass_count(match, fields, counts):
    rule = a_rule(filters=[FATAL, GOLD], filterMatch=match)

    assert counted.lets_pass(rule, facts(an_event(**fields))) is counts


def test_a_rule_without_filters_counts_everybody():
    assert counted.lets_pass(a_rule(), facts())


def tags(*values: str) -> list[str]:
    return list(counted.tags(an_event(tags=tuple(("customer", value) for value in values)), "customer"))


def test_values_that_differ_in_case_or_outer_blanks_are_one():
    assert tags("Gold ") == tags("gold")


def test_each_value_of_a_tag_counts_once():
    assert len(tags("gold", "silver", "gold")) == 2


def test_an_event_without_the_tag_adds_nothing():
    assert tags() == []

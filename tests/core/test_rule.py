"""A stored rule becomes one that runs, and what cannot run is listed and never dropped."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.fields import integer, text
from tocsin.core.registry import Audience, Catalogue, Condition, Phase, Provider, RuleAction
from tocsin.core.rule import Rule, compile_rule

SEEN = "acme.conditions.Seen"
LEVEL = "acme.filters.Level"
PING = "acme.Ping"


@dataclass(frozen=True)
class Nothing:
    """Nothing to choose."""


@dataclass(frozen=True)
class Level:
    level: int = integer("Level")


@dataclass(frozen=True)
class Ping:
    channel: str = text("Channel", default=None)


def a_condition(slug: str, phase: Phase, wire_id: str, options: type) -> Condition:
    return Condition(slug, phase, (wire_id,), "", options, lambda options, facts: True)


CATALOGUE = Catalogue(
    conditions={
        "seen": a_condition("seen", Phase.WHEN, SEEN, Nothing),
        "level": a_condition("level", Phase.IF, LEVEL, Level),
    },
    providers={
        "ping": Provider(
            slug="ping",
            name="Ping",
            settings=Nothing,
            address=Ping,
            send=lambda settings, parcel: iter(()),
            example=None,
            example_address=None,
            describe=str,
            action=RuleAction((PING,), Audience.DESTINATION, Ping, "Ping {channel}"),
        )
    },
)


def compiled(**data) -> Rule:
    return compile_rule(CATALOGUE, rule_id=1, project_id=2, label="Tell us", environment="", data=data)


def test_lines_are_told_apart_by_when_and_if():
    rule = compiled(conditions=[{"id": SEEN}], filters=[{"id": LEVEL, "level": "40"}])

    assert [line.condition.slug for line in rule.conditions] == ["seen"]
    assert [line.options for line in rule.filters] == [Level(40)]


def test_a_filter_among_the_conditions_is_a_filter():
    rule = compiled(conditions=[{"id": LEVEL, "level": "40"}])

    assert not rule.conditions
    assert [line.condition.slug for line in rule.filters] == ["level"]


def test_an_action_keeps_its_uuid():
    (action,) = compiled(actions=[{"id": PING, "channel": "#ops", "uuid": "u-1"}]).actions

    assert (action.provider.slug, action.options, action.uuid) == ("ping", Ping("#ops"), "u-1")


def test_a_condition_that_nobody_knows_breaks_the_rule_and_is_named():
    rule = compiled(conditions=[{"id": "acme.Gone"}])

    assert [(unknown.wire_id, unknown.reason) for unknown in rule.broken] == [
        ("acme.Gone", "there is no condition or filter 'acme.Gone'")
    ]


def test_a_condition_whose_options_do_not_fit_breaks_the_rule_with_the_reason():
    (unknown,) = compiled(filters=[{"id": LEVEL, "level": "high"}]).broken

    assert "Level must be a whole number" in unknown.reason


def test_an_action_that_nobody_knows_is_named_and_the_others_run():
    rule = compiled(actions=[{"id": "acme.Fax"}, {"id": PING, "channel": "#ops"}])

    assert [unknown.wire_id for unknown in rule.broken_actions] == ["acme.Fax"]
    assert len(rule.actions) == 1
    assert not rule.broken


def test_an_action_whose_options_do_not_fit_is_listed_with_the_reason():
    (unknown,) = compiled(actions=[{"id": PING}]).broken_actions

    assert "Channel is required" in unknown.reason


def test_a_rule_without_a_frequency_may_fire_each_half_hour():
    assert compiled().frequency == timedelta(minutes=30)


def test_the_frequency_is_in_minutes():
    assert compiled(frequency=5).frequency == timedelta(minutes=5)
    assert compiled(frequency="60").frequency == timedelta(hours=1)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from([SEEN, PING]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "level", "channel"]), inner),
    max_leaves=10,
)
keys = st.sampled_from(["conditions", "filters", "actions", "actionMatch", "filterMatch", "frequency"])


@given(st.dictionaries(keys, json_values))
def test_whatever_is_stored_compiles(data):
    rule = compiled(**data)

    assert rule.frequency <= timedelta(days=30)


@given(st.dictionaries(keys, json_values))
def test_no_stored_line_is_dropped_without_a_word(data):
    rule = compiled(**data)

    def lines(key):
        return len(data[key]) if isinstance(data.get(key), list) else 0

    assert len(rule.conditions) + len(rule.filters) + len(rule.broken) == lines("conditions") + lines("filters")
    assert len(rule.actions) + len(rule.broken_actions) == lines("actions")


def explodes(options, *more):
    raise ZeroDivisionError("no moon")


@pytest.mark.parametrize("part", ["needs", "only_with"])
def test_a_condition_that_cannot_say_what_it_needs_breaks_its_own_rule_alone(part):
    known = CATALOGUE.condition(SEEN)
    broken = replace(known, slug="moon", ids=("moon",), **{part: explodes})
    catalogue = Catalogue(conditions={**CATALOGUE.conditions, "moon": broken})

    rule = compile_rule(
        catalogue, rule_id=1, project_id=1, label="", environment="", data={"conditions": [{"id": "moon"}]}
    )

    assert [one.reason for one in rule.broken] == ["ZeroDivisionError: no moon"]

"""Whatever JSON a client sends as a rule is answered: stored and then asked about events, or refused by key."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conditions.asking import CATALOGUE, an_event, an_issue, facts
from tests.examples import examples

from tocsin import conditions, providers
from tocsin.core.evaluate import decide, explain
from tocsin.core.fields import specs
from tocsin.core.registry import Catalogue, load
from tocsin.core.rule import GROUP, compile_rule
from tocsin.core.rule_check import Draft, Refusal, check
from tocsin.core.rule_place import Place

WHOLE = Catalogue(providers=load(providers, "PROVIDER"), conditions=load(conditions, "CONDITION"))
MAIL = {"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners"}
IDS = [wire_id for one in CATALOGUE.conditions.values() for wire_id in one.ids]
SPECS = [spec for one in CATALOGUE.conditions.values() for _, spec, _ in specs(one.options)]
VALUES = sorted({value for spec in SPECS for value, _ in spec.choices})
CATASTROPHES = [
    "(a+)+$",
    "(a|a)*b",
    "(.*)*x" * 20,
    "((((((((((a{9}){9}){9}){9}){9}){9}",
    "[",
    "(?=a)",
    "\\",
    "a{99999}",
]

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(VALUES),
    st.sampled_from(CATASTROPHES),
)
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def a_node(wire_id: str) -> st.SearchStrategy:
    """A line with some of its options, each of them a value of any type."""
    condition = CATALOGUE.condition(wire_id)
    assert condition is not None
    names = [name for name, _, _ in specs(condition.options)]
    return st.fixed_dictionaries({"id": st.just(wire_id)}, optional=dict.fromkeys(names, anything))


nodes = st.sampled_from(IDS).flatmap(a_node)
groups = st.recursive(
    nodes,
    lambda inner: st.fixed_dictionaries(
        {"id": st.just(GROUP), "nodes": st.lists(inner, max_size=3)}, optional={"match": anything}
    ),
    max_leaves=6,
)
lists = st.lists(groups | anything, max_size=4) | anything
bodies = st.fixed_dictionaries(
    {"name": st.just("Tell us") | anything, "actions": st.just([MAIL]) | lists},
    optional={
        **dict.fromkeys(("conditions", "filters"), lists),
        **dict.fromkeys(("actionMatch", "filterMatch"), st.sampled_from(["all", "any", "none"]) | anything),
        **dict.fromkeys(("frequency", "environment", "owner", "wait", "hourlyLimit", "tests"), anything),
        **dict.fromkeys(("environments", "excludedEnvironments"), anything),
    },
)


@settings(max_examples=examples(400))
@given(sent=bodies, keeps=st.booleans())
def test_what_is_sent_is_stored_or_refused_with_reasons(sent, keeps):
    found = check(WHOLE, Place(), sent, keeps_unknown=keeps)

    if isinstance(found, Refusal):
        assert found.reasons
        assert all(reasons and all(reasons) for reasons in found.reasons.values())
        assert len(json.dumps(found.as_json())) < 20_000
        return
    assert isinstance(found, Draft)
    rule = compile_rule(WHOLE, rule_id=1, project_id=1, label="", environment="", data=found.data)
    assert keeps or not (rule.broken or rule.broken_actions)
    decide([rule], facts())
    explain(rule, facts())


@pytest.mark.parametrize("pattern", CATASTROPHES)
def test_no_pattern_takes_longer_than_its_text(pattern):
    line = {"id": "tocsin.filters.pattern.PatternFilter", "attribute": "message", "pattern": pattern}

    found = check(WHOLE, Place(), {"name": "x", "filters": [line], "filterMatch": "all", "actions": [MAIL]})

    if isinstance(found, Draft):
        rule = compile_rule(WHOLE, rule_id=1, project_id=1, label="", environment="", data=found.data)
        decide([rule], facts(an_event(message="a" * 100_000), an_issue()))
    else:
        assert list(found.reasons) == ["filters"]


@pytest.mark.parametrize("value", ["x" * 3_000_000, ["x" * 1_000] * 1_000, {"x" * 1_000_000: 1}])
@pytest.mark.parametrize("key", ["environment", "owner", "frequency", "actionMatch", "filterMatch", "wait"])
def test_a_reason_does_not_repeat_what_is_long(key, value):
    found = check(WHOLE, Place(), {"name": "x", "conditions": [], "actions": [MAIL], key: value})

    assert isinstance(found, Refusal)
    assert list(found.reasons) == [key]
    assert len(json.dumps(found.as_json())) < 1_000

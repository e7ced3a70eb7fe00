"""Rule tests: what a rule is expected to do, kept with it."""

import pytest
from tests.conditions.asking import EVERY_EVENT, FIRST_SEEN, FREQUENCY, LEVEL, a_rule, node

from tocsin.core import rule_case
from tocsin.core.rule_case import A_MOMENT, BadCaseError, cases

FATAL = a_rule(conditions=[node(FIRST_SEEN)], filters=[node(LEVEL, match="eq", level="50")])


def a_case(fires=True, **given):
    return {"name": "a fatal error", "given": given, "fires": fires}


def results(rule, *found):
    return [one.holds for one in rule_case.tested(rule, cases(list(found)), A_MOMENT)]


@pytest.mark.parametrize(
    ("given", "fires"),
    [
        pytest.param({"event": {"level": "fatal"}, "happened": ["new"]}, True, id="new and fatal"),
        pytest.param({"event": {"level": "error"}, "happened": ["new"]}, False, id="new, not fatal"),
        pytest.param({"event": {"level": "fatal"}}, False, id="fatal, not new"),
        pytest.param(
            {"event": {"level": "fatal"}, "happened": ["new"], "issue": {"status": "ignored"}}, False, id="archived"
        ),
    ],
)
def test_a_case_holds_where_the_rule_does_as_it_says(given, fires):
    assert results(FATAL, a_case(fires, **given), a_case(not fires, **given)) == [True, False]


def test_what_is_counted_is_given():
    often = a_rule(conditions=[node(FREQUENCY, value=10, interval="1m")])

    assert results(often, a_case(counts={"events": 11}), a_case(fires=False, counts={"events": 10})) == [True, True]


def test_a_window_of_its_own_is_given_by_its_seconds():
    often = a_rule(conditions=[node(FREQUENCY, value=10, interval="1m")])

    assert results(often, a_case(counts={"events/60": 11, "events": 0})) == [True]


def test_a_case_that_fails_says_what_each_line_answered():
    [one] = rule_case.tested(FATAL, cases([a_case(event={"level": "error"}, happened=["new"])]), A_MOMENT)

    assert one.reason.startswith("the rule does not fire. The issue is unresolved: yes; ")
    assert one.reason.endswith(": no.")


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("x", "tests must be a list"),
        (["x"], "Test 1 must be an object"),
        ([{"given": {}, "fires": True}], "Test 1 needs a name"),
        ([{"name": "a", "fires": 1}], "Test 1 (a): fires must be true or false"),
        ([{"name": "a", "fires": True, "then": 1}], "there is no 'then'"),
        ([{"name": "a", "fires": True, "given": {"moon": 1}}], "there is no 'moon'"),
        ([{"name": "a", "fires": True, "given": {"event": []}}], "event must be an object"),
        ([{"name": "a", "fires": True, "given": {"event": {"level": "odd"}}}], "event.level must be one of"),
        ([{"name": "a", "fires": True, "given": {"event": {"tags": {"a": 1}}}}], "event.tags must hold texts"),
        ([{"name": "a", "fires": True, "given": {"issue": {"timesSeen": -1}}}], "issue.timesSeen must be a whole"),
        ([{"name": "a", "fires": True, "given": {"issue": {"assignee": "ana"}}}], "issue.assignee must look like"),
        ([{"name": "a", "fires": True, "given": {"happened": ["old"]}}], "happened must be a list of"),
        ([{"name": "a", "fires": True, "given": {"counts": {"events": []}}}], "counts.events must be a number"),
        ([{"name": "a", "fires": True}] * 51, "at most 50"),
    ],
)
def test_a_case_that_makes_no_sense_is_named(stored, said):
    with pytest.raises(BadCaseError, match=said.replace("(", r"\(").replace(")", r"\)")):
        cases(stored)


def test_a_rule_without_cases_has_none():
    assert cases(None) == []
    assert results(a_rule(conditions=[node(EVERY_EVENT)])) == []

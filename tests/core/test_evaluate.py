"""Which rules an event meets, and what is said about those that it does not."""

from dataclasses import replace

import pytest
from tests.conditions.asking import (
    EVERY_EVENT,
    FIRST_SEEN,
    LEVEL,
    REGRESSION,
    TAGGED,
    a_rule,
    an_event,
    an_issue,
    facts,
    node,
)

from tocsin.core.evaluate import Answer, Failed, Part, decide, explain
from tocsin.core.facts import Facts
from tocsin.core.issue import Status
from tocsin.core.registry import Condition, Phase
from tocsin.core.rule import Rule
from tocsin.core.rule import Test as Line

YES = node(EVERY_EVENT)
NO = node(REGRESSION)
FATAL = node(LEVEL, match="eq", level="50")
ERROR = node(LEVEL, match="eq", level="40")


def fires(rule: Rule, about: Facts | None = None) -> bool:
    return bool(decide([rule], about or facts()).matched)


@pytest.mark.parametrize(
    ("match", "conditions", "fired"),
    [
        pytest.param("all", [YES, YES], True, id="all: each holds"),
        pytest.param("all", [YES, NO], False, id="all: one does not"),
        pytest.param("any", [NO, YES], True, id="any: one holds"),
        pytest.param("any", [NO, NO], False, id="any: no one holds"),
        pytest.param("none", [NO, NO], True, id="none: no one holds"),
        pytest.param("none", [NO, YES], False, id="none: one holds"),
        pytest.param("all", [], True, id="all of nothing"),
        pytest.param("any", [], True, id="any of nothing"),
        pytest.param("none", [], True, id="none of nothing"),
        pytest.param("some", [YES], False, id="a word that nobody knows"),
    ],
)
def test_conditions_combine_as_action_match_says(match, conditions, fired):
    assert fires(a_rule(conditions=conditions, actionMatch=match)) is fired


@pytest.mark.parametrize(
    ("match", "filters", "fired"),
    [
        pytest.param("all", [ERROR, FATAL], False, id="all: one does not hold"),
        pytest.param("any", [ERROR, FATAL], True, id="any: one holds"),
        pytest.param("none", [FATAL], True, id="none: no one holds"),
        pytest.param("none", [ERROR], False, id="none: one holds"),
        pytest.param("any", [], True, id="any of nothing"),
        pytest.param("most", [ERROR], False, id="a word that nobody knows"),
    ],
)
def test_filters_combine_as_filter_match_says(match, filters, fired):
    assert fires(a_rule(conditions=[YES], filters=filters, filterMatch=match)) is fired


def test_conditions_and_filters_must_both_let_the_event_pass():
    assert not fires(a_rule(conditions=[NO], filters=[ERROR]))


def test_filters_stored_among_the_conditions_are_still_filters():
    rule = a_rule(conditions=[NO, YES, FATAL], actionMatch="any")

    assert not fires(rule)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.IGNORED])
def test_an_issue_that_is_not_unresolved_meets_no_rule(status):
    assert not fires(a_rule(conditions=[YES]), facts(issue=an_issue(status=status)))


def test_a_rule_of_another_environment_stays_silent():
    rule = a_rule(conditions=[YES], environment="staging")

    assert not fires(rule, facts(an_event(environment="production")))


def test_a_rule_without_environment_hears_all_of_them():
    assert fires(a_rule(conditions=[YES]), facts(an_event(environment="staging")))


def test_a_rule_with_a_line_that_cannot_run_does_not_fire():
    assert not fires(a_rule(conditions=[YES], filters=[node("sentry.rules.filters.gone.GoneFilter")]))


def test_the_rules_that_match_come_in_the_order_given():
    rules = [replace(a_rule(conditions=[line]), id=number) for number, line in enumerate([YES, NO, YES])]

    assert [matched.rule.id for matched in decide(rules, facts()).matched] == [0, 2]


def test_a_match_says_which_lines_held():
    rule = a_rule(conditions=[node(FIRST_SEEN), NO], filters=[ERROR], actionMatch="any")

    (matched,) = decide([rule], facts(is_new=True)).matched

    assert matched.because == ("A new issue is created", "The event's level is exactly error")


def test_in_a_rule_of_one_environment_the_reason_is_newness_there():
    rule = a_rule(conditions=[node(FIRST_SEEN)], environment="production")

    (matched,) = decide([rule], facts(is_new_environment=True)).matched

    assert matched.because == ("A new issue is created",)


def failing(sentence: str = "The moon is full") -> Line:
    def holds(options: object, about: Facts) -> bool:
        raise ZeroDivisionError("no moon")

    condition = Condition("moon", Phase.WHEN, ("test.moon",), sentence, type(YES_OPTIONS), holds)
    return Line(condition, YES_OPTIONS)


YES_OPTIONS = a_rule(conditions=[YES]).conditions[0].options


def test_a_condition_that_raises_has_not_held():
    rule = replace(a_rule(conditions=[YES]), conditions=(failing(),))

    assert not fires(rule)


@pytest.mark.parametrize("match", ["any", "all"])
def test_a_condition_that_raises_stops_no_other_and_is_reported(match):
    rule = a_rule(conditions=[YES], actionMatch=match)
    rule = replace(rule, conditions=(failing(), *rule.conditions))

    decision = decide([rule], facts())

    assert len(decision.matched) == (match == "any")
    assert decision.failed == [Failed(rule, ("The moon is full: ZeroDivisionError: no moon",))]


def test_rules_whose_lines_all_answer_have_not_failed():
    assert decide([a_rule(conditions=[YES]), a_rule(conditions=[NO])], facts()).failed == []


def test_an_explanation_answers_for_every_line_not_only_the_first_that_failed():
    rule = a_rule(conditions=[NO, YES], filters=[node(TAGGED, key="customer", match="is")], environment="staging")

    assert explain(rule, facts()) == [
        Answer(Part.ISSUE, "The issue is unresolved", held=True),
        Answer(Part.ENVIRONMENT, "The event's environment is staging", held=False),
        Answer(Part.CONDITION, "A resolved issue comes back", held=False),
        Answer(Part.CONDITION, "An event happens", held=True),
        Answer(Part.FILTER, "The event's tag customer is set", held=False),
    ]


def test_an_explanation_names_the_line_that_cannot_run_and_why():
    rule = a_rule(conditions=[node("sentry.rules.conditions.gone.Gone")])

    broken = explain(rule, facts())[1]

    assert (broken.part, broken.held) == (Part.RULE, False)
    assert broken.error == "there is no condition or filter 'sentry.rules.conditions.gone.Gone'"


@pytest.mark.parametrize("key", ["actionMatch", "filterMatch"])
def test_an_explanation_says_which_match_nobody_knows(key):
    rule = a_rule(conditions=[YES], **{key: "some"})

    assert explain(rule, facts())[1].error == f"{key} must be one of all, any, none, not 'some'."


def test_an_explanation_says_what_a_condition_raised():
    rule = replace(a_rule(conditions=[YES]), conditions=(failing(),))

    assert explain(rule, facts())[-1].error == "The moon is full: ZeroDivisionError: no moon"

"""Which rules an event meets, and what is said about those that it does not."""

from dataclasses import replace

import pytest
from tests.conditions.asking import (
    EVERY_EVENT,
    FIRST_SEEN,
    FREQUENCY,
    LEVEL,
    REGRESSION,
    TAGGED,
    a_rule,
    an_event,
    an_issue,
    facts,
    known,
    node,
)

from tocsin.core.environments import Environments
from tocsin.core.evaluate import Answer, Failed, Part, decide, explain
from tocsin.core.facts import EVENTS, SEEN_ELSEWHERE, Facts, Need
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


OFTEN = node(FREQUENCY, value=10, interval="1h")
HOUR = Need(EVENTS, 3600)


def group(match: str, *nodes: dict) -> dict:
    return {"id": "tocsin.conditions.Group", "match": match, "nodes": list(nodes)}


@pytest.mark.parametrize(
    ("node", "fired"),
    [
        pytest.param(group("any", NO, YES), True, id="any of a group"),
        pytest.param(group("all", NO, YES), False, id="all of a group"),
        pytest.param(group("none", NO, NO), True, id="none of a group"),
        pytest.param(group("all", YES, group("none", group("any", NO, NO))), True, id="groups in groups"),
        pytest.param(group("all", YES, FATAL), False, id="conditions and filters in one group"),
        pytest.param(group("some", YES), False, id="a word that nobody knows"),
        pytest.param(group("all"), False, id="a group of nothing"),
        pytest.param(group("all", YES, node("acme.Gone")), False, id="a line in a group that cannot run"),
    ],
)
def test_a_group_answers_as_one_line(node, fired):
    assert fires(a_rule(conditions=[node])) is fired
    assert fires(a_rule(filters=[node])) is fired


def test_groups_beyond_the_fifth_cannot_run():
    deep = YES
    for _ in range(6):
        deep = group("all", deep)

    (broken,) = a_rule(conditions=[deep]).broken

    assert "5 deep" in broken.reason


@pytest.mark.parametrize(
    ("match", "conditions", "is_open"),
    [
        pytest.param("any", [OFTEN, YES], False, id="any: another holds already"),
        pytest.param("any", [OFTEN, NO], True, id="any: only the count could"),
        pytest.param("all", [OFTEN, NO], False, id="all: another does not hold"),
        pytest.param("all", [YES, OFTEN], True, id="all: the count decides"),
        pytest.param("none", [OFTEN, YES], False, id="none: another holds already"),
        pytest.param("none", [OFTEN, NO], True, id="none: the count decides"),
        pytest.param("all", [group("any", OFTEN, YES), YES], False, id="a group that is decided without it"),
    ],
)
def test_a_rule_is_left_open_only_where_what_is_not_known_decides(match, conditions, is_open):
    rule = a_rule(conditions=conditions, actionMatch=match)

    assert bool(decide([rule], facts()).open) is is_open


def test_nothing_is_counted_for_an_event_that_a_filter_refuses():
    assert decide([a_rule(conditions=[OFTEN], filters=[FATAL])], facts()).open == []


@pytest.mark.parametrize(("count", "fired"), [(10, False), (11, True)])
def test_an_open_rule_is_decided_once_its_facts_are_there(count, fired):
    assert fires(a_rule(conditions=[OFTEN]), facts(values=known({HOUR: count}))) is fired


def test_a_count_of_other_environments_is_not_the_rules():
    rule = a_rule(conditions=[OFTEN], environment="production")

    assert decide([rule], facts(values=known({HOUR: 99}))).open == [rule]


def test_a_rule_counts_in_the_environments_that_it_watches():
    rule = a_rule(conditions=[OFTEN], environments=["production", "staging"])
    where = Environments(frozenset({"production", "staging"}))

    assert fires(rule, facts(values=known({HOUR: 99, SEEN_ELSEWHERE: 0}, where)))


@pytest.mark.parametrize(
    ("data", "fired"),
    [
        ({"environments": ["staging", "test"]}, False),
        ({"environments": ["staging", "production"]}, True),
        ({"excludedEnvironments": ["production"]}, False),
        ({"excludedEnvironments": ["test"]}, True),
    ],
)
def test_a_rule_watches_several_environments_or_all_but_some(data, fired):
    assert fires(a_rule(conditions=[YES], **data)) is fired


@pytest.mark.parametrize(("elsewhere", "fired"), [(0, True), (1, False)])
def test_in_a_rule_of_several_environments_new_is_new_in_all_of_them(elsewhere, fired):
    rule = a_rule(conditions=[node(FIRST_SEEN)], environments=["production", "staging"])
    values = known({SEEN_ELSEWHERE: elsewhere}, Environments(frozenset({"production", "staging"})))

    assert fires(rule, facts(is_new_environment=True, values=values)) is fired


def test_an_explanation_says_what_is_no_longer_known():
    answer = explain(a_rule(conditions=[OFTEN]), facts())[-1]

    assert (answer.held, answer.error) == (False, "what it counts is no longer known")


def test_an_explanation_names_the_environments():
    answers = explain(a_rule(conditions=[YES], excludedEnvironments=["production"]), facts())

    assert answers[1] == Answer(Part.ENVIRONMENT, "The event's environment is not production", held=False)

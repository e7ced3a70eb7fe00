import pytest
from tests.conditions.asking import EVERY_EVENT, a_rule, an_issue, ask, facts, in_words, node

from tocsin.conditions.activity import TYPES
from tocsin.core.evaluate import decide
from tocsin.core.fields import InvalidFieldsError
from tocsin.core.issue import OF_ISSUES, Status

ACTIVITY = "tocsin.conditions.activity.ActivityCondition"


@pytest.mark.parametrize(
    ("types", "happened", "held"),
    [
        (["assigned", "set_resolved"], "assigned", True),
        ("assigned, set_resolved", "set_resolved", True),
        (["assigned"], "note", False),
        (["assigned"], "", False),
    ],
)
def test_it_holds_for_what_it_names(types, happened, held):
    assert ask(ACTIVITY, facts(activity=happened), types=types) is held


def test_it_offers_what_happens_to_issues_all_of_it_and_nothing_else():
    assert set(TYPES) == {one.value for one in OF_ISSUES}


@pytest.mark.parametrize("types", [[], ["party"], ["deploy"], ["first_seen"], None, ["assigned", 7]])
def test_it_has_to_name_what_can_happen(types):
    with pytest.raises(InvalidFieldsError):
        ask(ACTIVITY, facts(), types=types)


def test_a_rule_of_activities_fires_for_an_issue_that_was_just_resolved():
    rule = a_rule(conditions=[node(ACTIVITY, types=["set_resolved"])])
    about = facts(issue=an_issue(status=Status.RESOLVED), activity="set_resolved")

    assert [found.rule for found in decide([rule], about).matched] == [rule]


def test_a_rule_of_events_does_not_hear_of_activities():
    rule = a_rule(conditions=[node(EVERY_EVENT)])

    assert not decide([rule], facts(activity="assigned")).matched


def test_a_rule_without_conditions_hears_events_alone():
    assert not decide([a_rule(conditions=[])], facts(activity="assigned")).matched


def test_it_reads_as_a_sentence():
    assert in_words(ACTIVITY, types=["assigned", "note"]) == "The issue is assigned or commented on"

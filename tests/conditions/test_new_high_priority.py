import pytest
from tests.conditions.asking import NEW_HIGH, a_rule, an_issue, ask, facts, in_words, node

from tocsin.core.evaluate import decide
from tocsin.core.issue import Priority


@pytest.mark.parametrize(
    ("priority", "is_new", "held"),
    [
        pytest.param(Priority.HIGH, True, True, id="new and high"),
        pytest.param(Priority.MEDIUM, True, False, id="new, but only medium"),
        pytest.param(Priority.LOW, True, False, id="new, but low"),
        pytest.param(Priority.HIGH, False, False, id="high, but known"),
    ],
)
def test_an_issue_must_be_new_and_of_high_priority(priority, is_new, held):
    assert ask(NEW_HIGH, facts(issue=an_issue(priority=priority), is_new=is_new)) is held


def test_in_a_rule_of_one_environment_new_means_new_there():
    rule = a_rule(conditions=[node(NEW_HIGH)], environment="production")

    assert decide([rule], facts(is_new_environment=True)).matched


def test_it_reads_as_a_sentence():
    assert in_words(NEW_HIGH) == "A new issue of high priority is created"

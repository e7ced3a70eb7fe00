import pytest
from tests.conditions.asking import EXISTING_HIGH, an_issue, ask, facts, in_words

from tocsin.core.issue import Priority


@pytest.mark.parametrize(
    ("priority", "changes", "held"),
    [
        pytest.param(Priority.HIGH, {"has_escalated": True}, True, id="known, high, escalating"),
        pytest.param(Priority.HIGH, {}, False, id="not escalating"),
        pytest.param(Priority.MEDIUM, {"has_escalated": True}, False, id="only medium"),
        pytest.param(Priority.HIGH, {"has_escalated": True, "is_new": True}, False, id="new"),
    ],
)
def test_an_issue_must_be_known_high_and_escalating(priority, changes, held):
    assert ask(EXISTING_HIGH, facts(issue=an_issue(priority=priority), **changes)) is held


def test_it_reads_as_a_sentence():
    assert in_words(EXISTING_HIGH) == "A known issue of high priority escalates"

import pytest
from tests.conditions.asking import ask, facts, in_words

REAPPEARED = "sentry.rules.conditions.reappeared_event.ReappearedEventCondition"


@pytest.mark.parametrize("escalated", [True, False])
def test_it_holds_for_an_issue_that_escalates(escalated):
    assert ask(REAPPEARED, facts(has_escalated=escalated)) is escalated


def test_it_reads_as_a_sentence():
    assert in_words(REAPPEARED) == "An archived issue escalates"

import pytest
from tests.conditions.asking import an_issue, ask, facts, in_words

OCCURRENCES = "sentry.rules.filters.issue_occurrences.IssueOccurrencesFilter"


@pytest.mark.parametrize(("times", "held"), [(9, False), (10, True), (11, True)])
def test_it_holds_from_the_number_on(times, held):
    assert ask(OCCURRENCES, facts(issue=an_issue(times_seen=times)), value="10") is held


def test_it_reads_as_a_sentence():
    assert in_words(OCCURRENCES, value=10) == "The issue has happened at least 10 times"

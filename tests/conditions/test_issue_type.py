import pytest
from tests.conditions.asking import ask, facts, in_words

TYPE = "sentry.rules.filters.issue_type.IssueTypeFilter"


@pytest.mark.parametrize(("value", "held"), [("error", True), ("performance_slow_db_query", False)])
def test_the_type_is_compared_by_its_slug(value, held):
    assert ask(TYPE, facts(), value=value) is held


def test_it_reads_as_a_sentence():
    assert in_words(TYPE, value="error") == "The issue's type is error"

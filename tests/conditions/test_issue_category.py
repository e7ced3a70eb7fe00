import pytest
from tests.conditions.asking import an_issue, ask, facts, in_words

from tocsin.core.fields import InvalidFieldsError

CATEGORY = "sentry.rules.filters.issue_category.IssueCategoryFilter"


@pytest.mark.parametrize(("value", "held"), [("1", True), (1, True), ("2", False), ("6", False)])
def test_what_sdks_report_is_an_error(value, held):
    assert ask(CATEGORY, facts(), value=value) is held


def test_another_category_is_told_apart():
    assert ask(CATEGORY, facts(issue=an_issue(category=6)), value="6")


def test_a_category_that_nobody_knows_is_refused():
    with pytest.raises(InvalidFieldsError):
        ask(CATEGORY, facts(), value="99")


def test_it_reads_as_a_sentence():
    assert in_words(CATEGORY, value="6") == "The issue's category is feedback"

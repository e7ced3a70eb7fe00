from tests.conditions.asking import REGRESSION, ask, facts, in_words


def test_a_resolved_issue_that_happens_again_meets_it():
    assert ask(REGRESSION, facts(is_regression=True))


def test_a_new_issue_does_not():
    assert not ask(REGRESSION, facts(is_new=True))


def test_it_reads_as_a_sentence():
    assert in_words(REGRESSION) == "A resolved issue comes back"

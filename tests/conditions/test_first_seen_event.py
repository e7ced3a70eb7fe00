from tests.conditions.asking import FIRST_SEEN, a_rule, ask, facts, in_words, node

from tocsin.core.evaluate import decide


def test_a_new_issue_meets_it():
    assert ask(FIRST_SEEN, facts(is_new=True))


def test_a_known_issue_does_not():
    assert not ask(FIRST_SEEN, facts())


def test_a_rule_without_environment_is_not_told_again_when_the_issue_reaches_another_environment():
    rule = a_rule(conditions=[node(FIRST_SEEN)])

    assert not decide([rule], facts(is_new_environment=True)).matched


def test_in_a_rule_of_one_environment_new_means_new_there():
    rule = a_rule(conditions=[node(FIRST_SEEN)], environment="production")

    assert decide([rule], facts(is_new_environment=True)).matched


def test_it_reads_as_a_sentence():
    assert in_words(FIRST_SEEN) == "A new issue is created"

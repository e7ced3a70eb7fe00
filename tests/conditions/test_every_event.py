from tests.conditions.asking import EVERY_EVENT, ask, facts, in_words


def test_an_event_of_a_known_issue_meets_it():
    assert ask(EVERY_EVENT, facts())


def test_it_reads_as_a_sentence():
    assert in_words(EVERY_EVENT) == "An event happens"

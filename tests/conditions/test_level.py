import pytest
from tests.conditions.asking import LEVEL, OLD_LEVEL, a_rule, an_event, ask, facts, in_words, node

from tocsin.core.fields import InvalidFieldsError


@pytest.mark.parametrize(
    ("match", "level", "event_level", "held"),
    [
        ("eq", "40", "error", True),
        ("eq", "40", "fatal", False),
        ("gte", "40", "fatal", True),
        ("gte", "40", "error", True),
        ("gte", "40", "warning", False),
        ("lte", "30", "warning", True),
        ("lte", "30", "debug", True),
        ("lte", "30", "error", False),
        ("eq", "0", "sample", True),
        ("gte", "50", "error", False),
        ("eq", "10", "debug", True),
        ("eq", "20", "info", True),
    ],
)
def test_the_events_level_is_compared(match, level, event_level, held):
    assert ask(LEVEL, facts(an_event(level=event_level)), match=match, level=level) is held


def test_a_level_may_be_sent_as_a_number():
    assert ask(LEVEL, facts(an_event(level="error")), match="eq", level=40)


@pytest.mark.parametrize("options", [{"match": "gte"}, {"level": "40"}, {"match": "co", "level": "40"}])
def test_both_options_are_needed_and_must_be_known(options):
    with pytest.raises(InvalidFieldsError):
        ask(LEVEL, facts(), **options)


def test_under_its_filter_id_it_stands_among_the_filters():
    rule = a_rule(conditions=[node(LEVEL, match="eq", level="40")])

    assert (len(rule.conditions), len(rule.filters)) == (0, 1)


def test_under_its_old_condition_id_it_stands_among_the_conditions():
    rule = a_rule(filters=[node(OLD_LEVEL, match="eq", level="40")])

    assert (len(rule.conditions), len(rule.filters)) == (1, 0)


def test_it_reads_as_a_sentence():
    assert in_words(LEVEL, match="gte", level="40") == "The event's level is at least error"

import pytest
from tests.conditions.asking import an_event, ask, facts, in_words

from tocsin.core.event import ExceptionValue
from tocsin.core.fields import InvalidFieldsError

PATTERN = "tocsin.filters.pattern.PatternFilter"


@pytest.mark.parametrize(
    ("pattern", "held"),
    [
        (r"timeout after \d+ ?s", True),
        (r"^Timeout", True),
        (r"^after", False),
        (r"TIMEOUT", True),
        (r"(?-i)TIMEOUT", False),
        (r"seconds$", False),
    ],
)
def test_a_pattern_is_looked_for_anywhere_in_any_case(pattern, held):
    about = facts(an_event(message="Timeout after 30s"))

    assert ask(PATTERN, about, attribute="message", pattern=pattern) is held


def test_any_value_is_enough():
    event = an_event(exceptions=(ExceptionValue("KeyError"), ExceptionValue("CartError")))

    assert ask(PATTERN, facts(event), attribute="exception.type", pattern="^Cart")


def test_a_tag_is_asked_for_by_its_name():
    assert ask(PATTERN, facts(an_event(tags=(("till", "till-7"),))), attribute="tags.till", pattern=r"^till-\d$")


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|a)*b", r"(.*a){12}", r"(a|b|ab)*c"])
def test_a_catastrophic_pattern_takes_no_longer_than_another(pattern):
    about = facts(an_event(message="a" * 8000 + "!"))

    assert ask(PATTERN, about, attribute="message", pattern=pattern) in (True, False)


@pytest.mark.parametrize("pattern", ["(", "[z-a]", r"(?=x)", r"(a)\1", "((a{100}){100}){100}", "x" * 1001])
def test_what_is_no_pattern_or_too_large_a_one_is_refused_with_its_reason(pattern):
    with pytest.raises(InvalidFieldsError, match="pattern"):
        ask(PATTERN, facts(), attribute="message", pattern=pattern)


def test_an_attribute_that_nobody_knows_is_refused():
    with pytest.raises(InvalidFieldsError, match="no attribute 'nonsense'"):
        ask(PATTERN, facts(), attribute="nonsense", pattern="x")


def test_text_that_is_no_latin_is_searched_like_any_other():
    about = facts(an_event(message="Ошибка: нет товара"))

    assert ask(PATTERN, about, attribute="message", pattern="ошибка")


def test_it_reads_as_a_sentence():
    assert in_words(PATTERN, attribute="message", pattern="a|b") == "The event's message fits the pattern a|b"

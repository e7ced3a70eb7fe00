import pytest
from tests.conditions.asking import OLD_TAGGED, TAGGED, a_rule, an_event, ask, facts, in_words, node

from tocsin.core.fields import InvalidFieldsError

GOLD = (("customer", "Gold Plus"),)


@pytest.mark.parametrize(
    ("match", "value", "held"),
    [
        ("co", "old pl", True),
        ("co", "silver", False),
        ("nc", "silver", True),
        ("nc", "gold", False),
        ("eq", "gold plus", True),
        ("eq", "gold", False),
        ("ne", "gold", True),
        ("ne", "GOLD PLUS", False),
        ("sw", "GOLD", True),
        ("sw", "plus", False),
        ("nsw", "plus", True),
        ("nsw", "gold", False),
        ("ew", "PLUS", True),
        ("ew", "gold", False),
        ("new", "gold", True),
        ("new", "plus", False),
        ("in", "silver , gold plus", True),
        ("in", "silver,gold", False),
        ("nin", "silver,gold", True),
        ("nin", "silver, Gold Plus", False),
        ("is", "", True),
        ("ns", "", False),
    ],
)
def test_the_tags_value_is_compared_in_any_case(match, value, held):
    assert ask(TAGGED, facts(an_event(tags=GOLD)), key="customer", match=match, value=value) is held


@pytest.mark.parametrize(
    ("match", "held"),
    [
        ("co", False),
        ("eq", False),
        ("in", False),
        ("is", False),
        ("nc", True),
        ("ne", True),
        ("nin", True),
        ("ns", True),
    ],
)
def test_a_tag_that_the_event_lacks_meets_only_what_says_not(match, held):
    assert ask(TAGGED, facts(an_event(tags=GOLD)), key="browser", match=match, value="x") is held


def test_any_value_of_the_tag_is_enough():
    event = an_event(tags=(("customer", "silver"), ("Customer", "gold")))

    assert ask(TAGGED, facts(event), key="customer", match="eq", value="gold")


def test_not_means_none_of_its_values():
    event = an_event(tags=(("customer", "silver"), ("customer", "gold")))

    assert not ask(TAGGED, facts(event), key="customer", match="ne", value="gold")


@pytest.mark.parametrize("key", ["Customer", "CUSTOMER", "sentry:customer"])
def test_the_tags_name_is_taken_in_any_case_and_by_its_alias(key):
    assert ask(TAGGED, facts(an_event(tags=GOLD)), key=key, match="is")


def test_a_comparison_needs_something_to_compare_with():
    with pytest.raises(InvalidFieldsError, match="Value is required"):
        ask(TAGGED, facts(), key="customer", match="eq")


def test_under_its_old_condition_id_it_stands_among_the_conditions():
    rule = a_rule(conditions=[node(OLD_TAGGED, key="customer", match="is")])

    assert (len(rule.conditions), len(rule.filters)) == (1, 0)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"key": "customer", "match": "eq", "value": "gold"}, "The event's tag customer equals gold"),
        ({"key": "customer", "match": "nin", "value": "a, b"}, "The event's tag customer is none of a, b"),
        ({"key": "customer", "match": "is"}, "The event's tag customer is set"),
    ],
)
def test_it_reads_as_a_sentence(options, sentence):
    assert in_words(TAGGED, **options) == sentence


def test_braces_in_a_value_are_only_braces():
    assert (
        in_words(TAGGED, key="a", match="eq", value="{key.__class__}") == "The event's tag a equals {key.__class__}"
    )

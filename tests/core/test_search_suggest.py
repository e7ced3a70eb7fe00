"""What may come next in a search that is being typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.search import parse
from tocsin.core.search_suggest import keys, unfinished, values


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("", "", ""),
        ("is:unresolved ", "", ""),
        ("is:unresolved bro", "", "bro"),
        ("browser:", "browser", ""),
        ("!browser:Fi", "browser", "Fi"),
        ("ASSIGNED_TO:m", "assigned", "m"),
        ('os:"Mac O', "os", "Mac O"),
    ],
)
def test_the_last_term_is_the_one_that_goes_on(text: str, key: str, said: str):
    term = unfinished(text)

    assert term is not None
    assert (term.key, term.said) == (key, said)


@pytest.mark.parametrize("text", ["level:[error, ", "level:[error", 'os:"Mac"', '"by zero"'])
def test_nothing_is_suggested_in_a_list_or_after_closing_quotes(text: str):
    term = unfinished(text)

    assert term is None or term.key == term.said == ""


def test_a_key_is_named_by_its_beginning_and_keeps_what_was_typed_before():
    term = unfinished("level:error !ass")

    assert term is not None
    assert [(one.words, one.query, one.is_whole) for one in keys(term)] == [
        ("assigned:", "level:error !assigned:", False)
    ]


def test_a_choice_is_offered_by_what_it_contains():
    term = unfinished("is:resol")

    assert term is not None
    assert [one.query for one in values(term)] == ["is:unresolved ", "is:resolved "]


def test_a_number_is_offered_as_a_comparison():
    term = unfinished("timesSeen:")

    assert term is not None
    assert str(parse(values(term)[0].query)) == "timesSeen:>10"


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text and text.strip()))
def test_whatever_value_was_reported_the_suggestion_is_read_as_that_value(value: str):
    term = unfinished("level:error os:")

    assert term is not None
    search = parse(term.with_value(value).query)
    assert search.faults == ()
    assert search.values("os") == (value,)

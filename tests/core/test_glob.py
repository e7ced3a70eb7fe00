"""Globs, against the standard library's, which backtracks."""

import fnmatch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tocsin.core.glob import glob

elements = st.sampled_from(["a", "b", "/", ".", "*", "?", "[ab]", "[!a]", "[a-b]", "["])
patterns = st.lists(elements, max_size=8).map("".join)
texts = st.text("ab/.[", max_size=12)


@settings(max_examples=examples(1000))
@given(patterns, texts)
def test_a_glob_fits_what_the_standard_library_says(pattern, text):
    assert glob(pattern).matches(text) == fnmatch.fnmatchcase(text, pattern)


@settings(max_examples=examples(1000))
@given(patterns, texts)
def test_a_text_that_fits_contains_the_words_of_the_glob(pattern, text):
    found = glob(pattern)
    words = text.replace(".", "/").split("/")

    if found.matches(text):
        assert set(found.words.whole) <= set(words)
        assert all(any(part in word for word in words) for part in found.words.parts)


@pytest.mark.parametrize(
    ("pattern", "whole", "parts"),
    [
        ("src/shop/*", ("src", "shop"), ()),
        ("*/cart.py", ("cart", "py"), ()),
        ("*pay*", (), ("pay",)),
        ("src/pay*", ("src",), ("pay",)),
        ("*", (), ()),
        ("shop.cart?", ("shop",), ("cart",)),
    ],
)
def test_whole_words_stand_between_dots_slashes_and_the_ends(pattern, whole, parts):
    words = glob(pattern).words

    assert (words.whole, words.parts) == (whole, parts)


@pytest.mark.parametrize(
    "pattern", ["a*" * 5000 + "b", "*a" * 5000 + "b", "*?a" * 3333 + "b", "[ab]*" * 2000 + "c"]
)
def test_a_glob_of_ten_thousand_characters_is_answered(pattern):
    """By backtracking none of these would be answered within a lifetime."""
    assert not glob(pattern).matches("a" * 20_000)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("[]]", "]", True),
        ("[!]]", "]", False),
        ("[a-]", "-", True),
        ("[b-a]", "a", False),
        ("[!b-a]", "a", True),
        ("[^a]", "^", True),
        ("a[", "a[", True),
        ("", "", True),
        ("*", "", True),
        ("?", "\n", True),
    ],
)
def test_corner_cases_are_as_a_shells(pattern, text, fits):
    assert glob(pattern).matches(text) is fits

"""CODEOWNERS patterns (behaviour §4.4)."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tocsin.core.path_pattern import names_of, path_pattern


def fits(pattern: str, path: str) -> bool:
    return path_pattern(pattern).matches(names_of(path))


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*", "src/cart.py", True),
        ("**", "src/cart.py", True),
        ("/", "src/cart.py", True),
        ("//", "src/cart.py", True),
        ("*.py", "src/shop/cart.py", True),
        ("*.py", "src/shop.py/cart.js", True),
        ("*.py", "src/shop/cart.pyc", False),
        ("cart.py", "src/shop/cart.py", True),
        ("shop", "src/shop/cart.py", True),
        ("shop/", "src/shop/cart.py", True),
        ("shop/", "src/shop", False),
        ("/shop/", "src/shop/cart.py", False),
        ("/src/shop/", "/src/shop/cart.py", True),
        ("/src/shop", "src/shop", True),
        ("/src/shop", "src/shopping/cart.py", False),
        ("src/shop", "app/src/shop/cart.py", False),
        ("/src/*", "src/cart.py", True),
        ("/src/*", "src/shop/cart.py", False),
        ("/*", "cart.py", True),
        ("/*", "src/cart.py", False),
        ("/src/**", "src/shop/cart.py", True),
        ("/src/**", "src", False),
        ("**/logs", "build/logs/debug.log", True),
        ("/src/**/cart.py", "src/cart.py", True),
        ("/src/**/cart.py", "src/shop/eu/cart.py", True),
        ("/src/**/eu/*", "src/shop/eu/cart.py", True),
        ("/src/**/eu/*", "src/shop/eu/de/cart.py", False),
        ("/src/car?.py", "src/cart.py", True),
        ("/src/car?.py", "src/car/.py", False),
        ("/src/Cart.py", "src/cart.py", False),
        ("/src/cart.py", "src\\cart.py", True),
    ],
)
def test_a_pattern_owns_what_git_would_say(pattern, path, expected):
    assert fits(pattern, path) is expected


names = st.text("ab", min_size=1, max_size=2)
pieces = st.one_of(names, st.sampled_from(["*", "**", "?", "a*"]))
patterns = st.builds(
    lambda start, middle, end: start + "/".join(middle) + end,
    st.sampled_from(["", "/"]),
    st.lists(pieces, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)


def slowly(pattern: str, path: str) -> bool:
    """The same by one regular expression, which backtracks."""
    trimmed = pattern.strip("/")
    if (not trimmed.strip("*/") and trimmed[-1:] != "*") or pattern in {"*", "**", "/**"}:
        return True
    expression = "^" if "/" in pattern.rstrip("/") else "(?:^|.*/)"
    parts = trimmed.split("/")
    for number, part in enumerate(parts):
        if part == "**":
            expression += ".+" if number == len(parts) - 1 else "(?:[^/]+/)*"
            continue
        expression += "".join({"*": "[^/]*", "?": "[^/]"}.get(sign, re.escape(sign)) for sign in part)
        expression += "/" if number < len(parts) - 1 else ""
    if parts[-1] != "**":
        expression += "/.+" if pattern.endswith("/") else "" if pattern.endswith("/*") else "(?:/.*)?"
    return re.fullmatch(expression, path) is not None


@settings(max_examples=examples(1000))
@given(patterns, st.lists(names, min_size=1, max_size=5).map("/".join))
def test_a_pattern_fits_what_a_regular_expression_fits(pattern, path):
    assert fits(pattern, path) == slowly(pattern, path)


@settings(max_examples=examples(500))
@given(st.text("a/*?.\\ ", max_size=12), st.text("a/.", max_size=12))
def test_no_pattern_breaks(pattern, path):
    assert fits(pattern, path) in {True, False}


def test_a_path_that_fits_has_the_words_of_the_pattern():
    assert set(path_pattern("/src/**/cart.*").words.whole) == {"src", "cart"}

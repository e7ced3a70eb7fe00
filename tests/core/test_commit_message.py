"""What a commit says that it resolves."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tocsin.core.commit_message import MOST, resolves


@pytest.mark.parametrize(
    "word",
    ["fix", "fixes", "fixed", "close", "closes", "closed", "resolve", "resolves", "resolved", "FIXES", "Fix:"],
)
def test_each_word_of_intent_before_an_id_resolves_it(word):
    assert resolves(f"Round the total\n\n{word} SHOP-12") == (("shop", 12),)


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("Fixes SHOP-12, SHOP-13", [("shop", 12), ("shop", 13)]),
        ("Fixes SHOP-12,SHOP-13 and API-7.", [("shop", 12), ("shop", 13), ("api", 7)]),
        ("Fixes SHOP-12, and SHOP-13 & API-7!", [("shop", 12), ("shop", 13), ("api", 7)]),
        ("Fixes SHOP-12 and closes API-7", [("shop", 12), ("api", 7)]),
        ("fixes shop-12 (see also SHOP-13)", [("shop", 12)]),
        ("[fixes SHOP-12]", [("shop", 12)]),
        ("Fixes [SHOP-12]", [("shop", 12)]),
        ("Fixes #SHOP-12", [("shop", 12)]),
        ("Fixes MY-SHOP-12", [("my-shop", 12)]),
        ("Fixes SHOP_2-12", [("shop_2", 12)]),
        ("Fixes SHOP-12 Fixes SHOP-12", [("shop", 12)]),
    ],
)
def test_several_ids_and_whatever_stands_around_them_are_read(message, found):
    assert list(resolves(message)) == found


@pytest.mark.parametrize(
    "message",
    [
        "",
        "SHOP-12",
        "See SHOP-12",
        "prefixes SHOP-12",
        "fixing SHOP-12",
        "Fixes the total\nSHOP-12",
        "Fixes #12",
        "Fixes SHOP-",
        "Fixes SHOP-12a",
        "Fixes SHOP-1234567890",
    ],
)
def test_what_only_mentions_an_issue_resolves_nothing(message):
    assert resolves(message) == ()


def test_at_most_a_hundred_issues_of_one_message_are_read():
    assert len(resolves("Fixes " + ", ".join(f"SHOP-{number}" for number in range(500)))) == MOST


def test_a_message_made_to_be_slow_is_read_at_once():
    assert resolves("fixes " + "a-1," * 20_000 + "a-" * 20_000) == (("a", 1),)


@given(st.text(max_size=300))
@settings(max_examples=examples(200))
def test_any_text_is_read(message):
    assert all(number >= 0 for _, number in resolves(message))

"""Which environments a rule watches."""

import pytest

from tocsin.core.environments import EVERYWHERE, Environments, environments


@pytest.mark.parametrize(
    ("column", "only", "never", "watched"),
    [
        ("", None, None, {"production", "staging", "test"}),
        ("production", None, None, {"production"}),
        ("", ["production", "staging"], None, {"production", "staging"}),
        ("test", ["production"], [], {"production", "test"}),
        ("", None, ["test"], {"production", "staging"}),
        ("", ["production", "test"], ["test"], {"production"}),
        ("", "production", {"test": 1}, {"production", "staging", "test"}),
        ("", [7, "", None], [7], {"production", "staging", "test"}),
    ],
)
def test_a_rule_watches_what_is_named_and_not_left_out(column, only, never, watched):
    found = environments(column, only, never)

    assert {name for name in ("production", "staging", "test") if name in found} == watched


def test_to_name_nothing_is_to_watch_everything():
    assert environments("", [], None) is EVERYWHERE


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Environments(frozenset({"b", "a"})), "a or b"),
        (Environments(never=frozenset({"test"})), "not test"),
        (Environments(frozenset({"a"}), frozenset({"b"})), "a, not b"),
        (EVERYWHERE, ""),
    ],
)
def test_it_has_words(where, words):
    assert where.words == words

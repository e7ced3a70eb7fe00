"""What people type to the product in a chat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.chat_words import (
    Help,
    Link,
    LinkTeam,
    ShortId,
    Silence,
    Status,
    Unclear,
    Unlink,
    UnlinkTeam,
    Why,
    read,
)

ISSUE = ShortId("shop", 12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", Help()),
        ("   ", Help()),
        ("help", Help()),
        ("HELP", Help()),
        ("status", Status()),
        ("link", Link()),
        ("unlink", Unlink()),
        ("link team", LinkTeam("")),
        ("link team web", LinkTeam("web")),
        ("link team #Web", LinkTeam("web")),
        ("unlink team", UnlinkTeam("")),
        ("unlink team web", UnlinkTeam("web")),
        ("why SHOP-12", Why(ISSUE)),
        ("why shop-12", Why(ISSUE)),
        ("why my-shop-12", Why(ShortId("my-shop", 12))),
        ("silence SHOP-12", Silence(ISSUE, 1440)),
        ("silence SHOP-12 30m", Silence(ISSUE, 30)),
        ("silence SHOP-12 2H", Silence(ISSUE, 120)),
        ("silence SHOP-12 1w", Silence(ISSUE, 10_080)),
    ],
)
def test_what_can_be_said(text, said):
    assert read(text) == said


@pytest.mark.parametrize("text", ["sing", "link team a b", "whysoever SHOP-12"])
def test_what_nobody_knows_is_named_beside_what_there_is(text):
    assert read(text) == Help(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("why", "why SHOP-12"),
        ("why SHOP", "why SHOP-12"),
        ("why SHOP-0", "why SHOP-12"),
        ("why SHOP-12 now", "why SHOP-12"),
        ("why -12", "why SHOP-12"),
        ("why SHOP-" + "9" * 30, "why SHOP-12"),
        ("silence", "silence SHOP-12 2h"),
        ("silence SHOP-12 soon", "silence SHOP-12 2h"),
        ("silence SHOP-12 0h", "silence SHOP-12 2h"),
        ("silence SHOP-12 2h 3h", "silence SHOP-12 2h"),
    ],
)
def test_what_was_begun_and_makes_no_sense_is_answered_by_how_it_goes(text, line):
    said = read(text)

    assert isinstance(said, Unclear)
    assert said.line == line


@given(st.text())
def test_anything_is_understood_or_named(text):
    read(text)

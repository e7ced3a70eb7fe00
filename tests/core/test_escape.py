"""Hostile text, made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.escape import clean, cut, one_line, without_addresses


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        pytest.param("a\x00b", "ab", id="NUL"),
        pytest.param("a\u202eb", "ab", id="right-to-left override"),
        pytest.param("a\u2066b\u2069", "ab", id="isolates"),
        pytest.param("a\ud800b", "ab", id="lone surrogate"),
        pytest.param("a\x1b[31mb", "a[31mb", id="terminal colours"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line ends"),
        pytest.param("tab\tstays", "tab\tstays", id="tab"),
        pytest.param("Ünïcødé 🎉 שלום", "Ünïcødé 🎉 שלום", id="letters of all scripts"),
    ],
)
def test_harmful_characters_are_taken_out_and_others_stay(hostile, harmless):
    assert clean(hostile) == harmless


@given(st.text(), st.integers(1, 50))
def test_one_line_is_one_line_of_at_most_so_many_characters(text, limit):
    line = one_line(text, limit)

    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    line.encode()


def test_a_cut_shows():
    assert cut("abcdef", 4) == "abc…"


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("You are ana@example.org in Acme now", "You are ana in Acme now"),
        ("Ana <ana.b+c@mail.example.org>, ben@example.com", "Ana <ana.b+c>, ben"),
        ("@ana in #ops, at 5 @ noon", "@ana in #ops, at 5 @ noon"),
    ],
)
def test_of_a_mail_address_only_its_beginning_is_left(text, without):
    assert without_addresses(text) == without

"""Values in messages, replaced by what kind they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.parameterise import LENGTH, parameterise


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Order 41 failed", "Order <number> failed"),
        ("moved by -12.5", "moved by <number>"),
        ("1.5e-7 left", "<number> left"),
        ("table_20261121", "table_<number>"),
        ("mail to ana.b+c@mail.example.com", "mail to <email>"),
        ("GET https://a.example/x?y=1 failed", "GET <url> failed"),
        ("lost 5c21dc51-ebc5-4f21-8bbf-79bc292dc89c", "lost <uuid>"),
        ("at 2026-11-21T09:20:27.213Z", "at <date>"),
        ("at 2026-11-21 09:20:27 +0200", "at <date>"),
        ("at 10:20:30", "at <date>"),
        ("on Sat, 21 Nov 2026", "on <date>"),
        ("from 192.0.2.1:8080", "from <ip>:<number>"),
        ("from 2001:db8:0:0:0:0:0:1", "from <ip>"),
        ("from fe80::1", "from <ip>"),
        ("object at 0x7f39295c1790", "object at <hex>"),
        ("blob deadbeefdeadbeef1234", "blob <hash>"),
        ("took 12.5ms", "took <duration>"),
        ("after 30 seconds", "after <duration>"),
        ("no key 'sku'", "no key <quoted>"),
        ('no key "sku"', "no key <quoted>"),
        ("can't and won't", "can't and won't"),
        ("std::vector of Foo::bar", "std::vector of Foo::bar"),
        ("May I?", "May I?"),
        ("", ""),
    ],
)
def test_a_value_is_replaced_by_its_kind(message, kind):
    assert parameterise(message) == kind


@settings(deadline=None)
@given(st.text())
def test_no_text_is_too_strange(text):
    assert isinstance(parameterise(text), str)


@pytest.mark.parametrize(
    "pattern", ["a", "a.", "1:", "'", "a@", "1.", "f", "fe:", "http://", "0x", "Jan ", "a-", "+1"]
)
def test_text_made_to_take_long_does_not(pattern):
    # A pattern that backtracks without bound would not end within the life of the test run.
    assert len(parameterise(pattern * LENGTH)) <= 8 * LENGTH

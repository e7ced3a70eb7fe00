"""Until when it was archived."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.archived import sentence


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"data": {}}, "Ana Ahn archived SHOP-12"),
        ({"data": {"ignoreUntilEscalating": True}}, "Ana Ahn archived SHOP-12 until it escalates"),
        (
            {"data": {"ignoreUntil": "2026-11-26T08:00:00+00:00"}},
            "Ana Ahn archived SHOP-12 until 26 Nov 2026, 08:00 UTC",
        ),
        ({"data": {"ignoreCount": 1000}}, "Ana Ahn archived SHOP-12 until 1,000 more events"),
        (
            {"data": {"ignoreCount": 10, "ignoreWindow": 120}},
            "Ana Ahn archived SHOP-12 until 10 more events within 2 hours",
        ),
        (
            {"data": {"ignoreUserCount": 5, "ignoreUserWindow": 30}},
            "Ana Ahn archived SHOP-12 until 5 more users within 30 minutes",
        ),
    ],
)
def test_it_says(columns, words):
    assert sentence(example(**columns)) == words

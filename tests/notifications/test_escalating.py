"""Why it counts as escalating (behaviour §1.4)."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.escalating import sentence


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"data": {"forecast": 1200}}, "SHOP-12 is escalating: more than 1,200 events in an hour"),
        ({"data": {"expired_snooze": {"count": 10}}}, "SHOP-12 is escalating: what it was archived until has come"),
        ({"data": {}}, "SHOP-12 is escalating"),
        ({"data": {"forecast": "x"}}, "SHOP-12 is escalating"),
    ],
)
def test_it_says(columns, words):
    assert sentence(example(**columns)) == words

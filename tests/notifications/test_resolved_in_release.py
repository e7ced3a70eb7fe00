"""In which release, or in the one to come (behaviour §1.4)."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.resolved_in_release import sentence


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"data": {"version": "shop@1.4.3"}}, "Ana Ahn resolved SHOP-12 in 1.4.3"),
        ({"data": {"version": ""}}, "Ana Ahn resolved SHOP-12 in an upcoming release"),
    ],
)
def test_it_says(columns, words):
    assert sentence(example(**columns)) == words

"""A regression names the release it came back in, and the one that was to fix it."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.regression import sentence


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"author": "", "data": {}}, "SHOP-12 came back"),
        ({"author": "", "data": {"version": "shop@1.4.2"}}, "SHOP-12 came back in 1.4.2"),
        (
            {"author": "", "data": {"version": "shop@1.4.2", "resolved_in_version": "shop@1.4.1"}},
            "SHOP-12 came back in 1.4.2, though it was resolved in 1.4.1",
        ),
        (
            {"author": "", "data": {"version": "7e2d1fa93c55b0e4a8f67e2d1fa93c55b0e4a8f6"}},
            "SHOP-12 came back in 7e2d1fa93c55",
        ),
    ],
)
def test_it_says(columns, words):
    assert sentence(example(**columns)) == words

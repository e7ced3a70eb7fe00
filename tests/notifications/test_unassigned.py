"""Who took the assignment away."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.unassigned import sentence


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "Ana Ahn took the assignment of SHOP-12 away"),
        ({"author": "", "author_id": 0}, "Tocsin took the assignment of SHOP-12 away"),
    ],
)
def test_it_says(columns, words):
    assert sentence(example(**columns)) == words

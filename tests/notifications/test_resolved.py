"""Who resolved it."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.resolved import sentence


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "Ana Ahn resolved SHOP-12"),
        ({"author": ""}, "Tocsin resolved SHOP-12"),
    ],
)
def test_it_says(columns, words):
    assert sentence(example(**columns)) == words

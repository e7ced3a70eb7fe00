"""Who reopened it."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.unresolved import sentence


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "Ana Ahn reopened SHOP-12"),
    ],
)
def test_it_says(columns, words):
    assert sentence(example(**columns)) == words

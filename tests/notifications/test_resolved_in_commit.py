"""In which commit."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.resolved_in_commit import sentence


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"data": {"commit": "7e2d1fa93c55b0e4"}}, "Ana Ahn resolved SHOP-12 in commit 7e2d1fa93c55"),
        ({"data": {}}, "Ana Ahn resolved SHOP-12 in a commit"),
    ],
)
def test_it_says(columns, words):
    assert sentence(example(**columns)) == words

"""For how long it was not seen."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.resolved_by_age import sentence


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"author": "", "data": {"age": 720}}, "SHOP-12 was not seen for 30 days, so Tocsin resolved it"),
        ({"author": "", "data": {"age": 24}}, "SHOP-12 was not seen for 24 hours, so Tocsin resolved it"),
        ({"author": "", "data": {"age": 1}}, "SHOP-12 was not seen for an hour, so Tocsin resolved it"),
        ({"author": "", "data": {"age": "long"}}, "SHOP-12 was not seen for long, so Tocsin resolved it"),
    ],
)
def test_it_says(columns, words):
    assert sentence(example(**columns)) == words

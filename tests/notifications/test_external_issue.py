"""Which ticket, made or linked (behaviour §1.4)."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.external_issue import sentence


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"data": {"provider": "github", "label": "acme/shop#81", "new": True}},
            "Ana Ahn made a GitHub issue acme/shop#81 for SHOP-12",
        ),
        (
            {"data": {"provider": "jira", "label": "SHOP-81", "new": False}},
            "Ana Ahn linked the Jira issue SHOP-81 for SHOP-12",
        ),
        ({"data": {"provider": "asana"}}, "Ana Ahn made an Asana issue for SHOP-12"),
        ({"data": {}}, "Ana Ahn made an external issue for SHOP-12"),
    ],
)
def test_it_says(columns, words):
    assert sentence(example(**columns)) == words

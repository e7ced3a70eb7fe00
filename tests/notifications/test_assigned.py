"""An assignment says who gave what to whom, and what did it where nobody did (behaviour §1.4)."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.assigned import sentence


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"data": {"assignee": "8", "assigneeType": "user", "assigneeName": "Ben Ode"}},
            "Ana Ahn assigned SHOP-12 to Ben Ode",
        ),
        (
            {"data": {"assignee": "7", "assigneeType": "user", "assigneeName": "Ana Ahn"}},
            "Ana Ahn assigned SHOP-12 to themselves",
        ),
        (
            {"data": {"assignee": "7", "assigneeType": "team", "assigneeName": "web"}},
            "Ana Ahn assigned SHOP-12 to the #web team",
        ),
        (
            {"data": {"assignee": "9", "assigneeType": "user", "assigneeEmail": "gone@example.com"}},
            "Ana Ahn assigned SHOP-12 to gone@example.com",
        ),
        ({"data": {"assignee": "9", "assigneeType": "user"}}, "Ana Ahn assigned SHOP-12 to an unknown user"),
        ({"data": {"assignee": "9", "assigneeType": "team"}}, "Ana Ahn assigned SHOP-12 to an unknown team"),
        (
            {
                "author": "",
                "author_id": 0,
                "data": {
                    "assigneeName": "Ben Ode",
                    "integration": "projectOwnership",
                    "rule": "path:src/* ben@example.com",
                },
            },
            "SHOP-12 was assigned to Ben Ode by an ownership rule (path:src/* ben@example.com)",
        ),
        (
            {"author": "", "author_id": 0, "data": {"assigneeName": "Ben Ode", "integration": "codeowners"}},
            "SHOP-12 was assigned to Ben Ode by CODEOWNERS",
        ),
        (
            {"author": "", "author_id": 0, "data": {"assigneeName": "Ben Ode", "integration": "suspectCommitter"}},
            "SHOP-12 was assigned to Ben Ode because of a suspect commit",
        ),
        (
            {"author": "", "author_id": 0, "data": {"assigneeName": "Ben Ode"}},
            "SHOP-12 was assigned to Ben Ode by itself",
        ),
    ],
)
def test_it_says(columns, words):
    assert sentence(example(**columns)) == words

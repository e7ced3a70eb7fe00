"""Feedback says who sent it, as far as they said, and what they saw."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.feedback import NOTIFICATION_KIND, sentence


@pytest.mark.parametrize(
    ("data", "who"),
    [
        ({"name": "Jo", "email": "jo@example.net"}, "Jo"),
        ({"email": "jo@example.net"}, "jo@example.net"),
        ({}, "A user"),
    ],
)
def test_it_says_who_sent_it(data, who):
    assert sentence(example(data=data)) == f"{who} sent feedback on SHOP-12"


def test_what_they_saw_and_where_is_in_the_message():
    facts = example(data={"comments": "Nothing happened.", "url": "https://shop.example/pay"})

    words = NOTIFICATION_KIND.render(facts).plain()

    assert "Nothing happened." in words
    assert "Page: https://shop.example/pay" in words

"""A pull request that will fix it, with the way there where that is known."""

import pytest

from tocsin.core.activity import example
from tocsin.notifications.resolved_in_pull_request import NOTIFICATION_KIND, sentence


def test_it_says_who_opened_it():
    assert sentence(example()) == "Ana Ahn opened a pull request that will resolve SHOP-12"


def test_its_address_is_shown():
    facts = example(data={"pull_request": {"externalUrl": "https://git.example/acme/shop/pull/31"}})

    assert "https://git.example/acme/shop/pull/31" in NOTIFICATION_KIND.render(facts).plain()


@pytest.mark.parametrize("named", [None, "31", {"externalUrl": None}, {"externalUrl": "javascript:alert(1)"}])
def test_what_is_no_address_is_left_out(named):
    message = NOTIFICATION_KIND.render(example(data={"pull_request": named}))

    assert len(message.blocks) == 1

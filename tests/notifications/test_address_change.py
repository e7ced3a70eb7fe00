"""The two messages of a change of address."""

from dataclasses import replace

from tocsin.notifications.address_change import EXAMPLE, render


def test_the_new_address_gets_the_link_and_what_it_does():
    message = render(EXAMPLE)

    assert message.link == "https://tocsin.example/settings/account/address/q1w2e3/"
    assert "Is ana@example.org your address?" in message.plain()


def test_the_old_address_is_told_the_new_one_and_gets_no_link_that_confirms():
    text = render(replace(EXAMPLE, token="")).plain()

    assert "ana@example.org" in text
    assert "/address/" not in text

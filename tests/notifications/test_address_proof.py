"""What an address is asked before anything else goes there."""

from tocsin.notifications.address_proof import EXAMPLE, render


def test_the_link_is_the_one_thing_to_press():
    message = render(EXAMPLE)

    assert [link.url for link in message.actions] == [f"{EXAMPLE.url}proof/{EXAMPLE.token}/"]


def test_it_says_whose_wish_it_is_and_what_happens_without_an_answer():
    words = render(EXAMPLE).plain()

    assert "Ana wants" in words
    assert "do nothing: nothing is sent here" in words

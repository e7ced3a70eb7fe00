"""What a shared link leads to, and the question who shared it."""

from dataclasses import replace

from tocsin.core.acts import IGNORE
from tocsin.core.message import Link, Paragraph, Press
from tocsin.notifications.chat_preview import EXAMPLE, TAKEN_BACK, Facts, render

URL = "https://tocsin.example/extensions/slack/link-identity/x/"


def test_one_link_is_told_by_what_it_leads_to():
    message = render(EXAMPLE)

    assert (message.title, message.link) == (EXAMPLE.cards[0].title.label, EXAMPLE.cards[0].title.url)
    assert message.summary == "Issue SHOP-12 in shop: ZeroDivisionError: division by zero"


def test_of_several_the_first_is_named_and_the_others_counted():
    message = render(Facts(EXAMPLE.cards * 3))

    assert message.title == "ZeroDivisionError: division by zero and 2 more"
    assert len(message.blocks) == 3


def test_a_preview_offers_nothing_to_do_as_it_is_not_kept_true():
    assert render(EXAMPLE).controls == ()


def test_a_card_reads_in_plain_text_too():
    [card] = render(EXAMPLE).blocks

    assert card.plain().splitlines()[:4] == [
        "ZeroDivisionError: division by zero",
        "https://tocsin.example/acme/issues/12/",
        "Issue SHOP-12 in shop · shop.cart in total",
        "State: Unresolved, new",
    ]
    assert replace(card, code="").plain().splitlines()[2] == "Issue SHOP-12 in shop"


def test_who_is_not_known_may_say_who_they_are_or_ignore_it():
    message = render(Facts(url=URL))

    assert message.actions == (Link("Link your account", URL),)
    assert message.controls == (Press("Ignore", IGNORE),)


def test_a_question_that_is_taken_back_asks_nothing():
    message = render(Facts())

    assert (message.actions, message.controls, message.blocks) == ((), (), (Paragraph(TAKEN_BACK),))

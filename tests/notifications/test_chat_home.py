"""The app's home, as one person sees it."""

from dataclasses import replace

from tocsin.core.message import Paragraph
from tocsin.notifications.chat_home import EXAMPLE, FOR_ONE, NOBODY, NOTIFICATION_KIND, render


def test_each_organization_has_its_listing():
    message = render(EXAMPLE)

    assert message.blocks == EXAMPLE.here
    assert message.actions == EXAMPLE.links


def test_who_is_known_nowhere_is_told_what_to_do():
    assert render(replace(EXAMPLE, here=(), known=0)).blocks == (Paragraph(NOBODY),)


def test_a_page_without_its_secrets_claims_nothing_that_is_not_so():
    assert render(replace(EXAMPLE, here=(), links=())).blocks == (Paragraph(FOR_ONE),)


def test_it_says_when_it_was_so():
    assert render(EXAMPLE).footer[0].label == "As of 21 Nov 2026, 09:00 UTC"


def test_what_a_person_sees_there_is_theirs_alone():
    assert set(NOTIFICATION_KIND.secret) == {"here", "links"}

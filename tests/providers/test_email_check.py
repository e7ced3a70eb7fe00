"""E-mail: a wrong server is told when it is connected, with what it said; replies stand below the first mail."""

import email
from dataclasses import replace

import pytest
from tests.providers.driving import asked, play

from tocsin.core.sending import Delivered, Failure, Greeting, Refused, Reply, Retry
from tocsin.providers.email import PROVIDER
from tocsin.providers.email.send import Settings, check, reply

SETTINGS = Settings("smtp://u:secret-word@mail.example.org", "Tocsin <alerts@example.org>")
FIRST = "<0a1b@example.org>"


def test_the_server_is_asked_whether_it_takes_mails_from_the_sender():
    [question], outcome = asked(check(SETTINGS), Reply(250, {"stage": "mail"}))

    assert question == Greeting(SETTINGS.url, "alerts@example.org")
    assert outcome == Delivered()


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (Reply(535, {"stage": "auth"}, b"5.7.8 bad credentials"), Refused, "535 5.7.8 bad credentials"),
        (Reply(553, {"stage": "mail"}, b"5.7.1 not yours"), Refused, "refused the sender: 553 5.7.1 not yours"),
        (Reply(421, {"stage": "mail"}, b"busy"), Retry, "421 busy"),
        (Failure("mail.example.org:587: could not connect: refused"), Retry, "could not connect"),
    ],
)
def test_what_the_server_answers_is_told(answer, kind, words):
    outcome = play(check(SETTINGS), answer)

    assert isinstance(outcome, kind)
    assert words in outcome.reason


def test_a_sender_that_is_no_address_is_told_without_asking():
    questions, outcome = asked(check(Settings("smtp://mail.example.org", "nobody")))

    assert (questions, isinstance(outcome, Refused)) == ([], True)


def mail_of(parent):
    [question], _ = asked(reply(SETTINGS, replace(PROVIDER.example, parent=parent)), Reply(250))
    return email.message_from_bytes(question.raw)


def test_a_reply_answers_the_first_mail_of_the_conversation():
    mail = mail_of({"message_id": FIRST})

    assert mail["In-Reply-To"] == FIRST
    assert mail["References"].split()[1:] == [FIRST]


@pytest.mark.parametrize("parent", [{}, {"message_id": ""}, {"message_id": "<a@b>\r\nBcc: <eve@example.org>"}])
def test_what_is_no_message_id_is_answered_as_any_other_mail(parent):
    mail = mail_of(parent)

    assert mail["In-Reply-To"] == mail["References"]
    assert mail["Bcc"] is None

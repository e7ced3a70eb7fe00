"""A provider's questions, driven to their outcome."""

import pytest

from tocsin.core.sending import Delivered, Failure, Mail, Refused, Reply, Request, Retry
from tocsin.transport.drive import Transport, drive, excerpt_of

ASK = Request("POST", "https://example.org/", {"Authorization": "Bearer xoxb-1"})


class Answering:
    """Answers in turn and remembers what was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    async def exchange(self, question):
        self.asked.append(question)
        return self.answers.pop(0)


def a_sending(*questions, outcome=Delivered()):  # noqa: B008 — a frozen value
    for question in questions:  # noqa: UP028 — `yield from` cannot be sent an answer here
        yield question
    return outcome


def over_http(*answers):
    return Transport(http=Answering(*answers), smtp=Answering())


async def test_an_answer_reaches_the_provider_that_asked():
    def sending():
        reply = yield ASK
        return Delivered({"said": reply.body.decode()})

    driven = await drive(sending(), over_http(Reply(200, {}, b"hello")))

    assert driven.outcome == Delivered({"said": "hello"})
    assert (driven.status, driven.excerpt) == (200, "hello")


async def test_a_mail_goes_to_the_mail_servers():
    mail = Mail("smtp://x", "a@b.c", "d@e.f", b"")
    transport = Transport(http=Answering(), smtp=Answering(Reply(250)))

    await drive(a_sending(mail), transport)

    assert transport.smtp.asked == [mail]


async def test_a_sending_that_asks_nothing_is_done_at_once():
    driven = await drive(a_sending(), over_http())

    assert (driven.outcome, driven.status) == (Delivered(), 0)


async def test_two_questions_are_asked_in_order_and_the_last_reply_is_kept():
    transport = over_http(Reply(200, {}, b"one"), Reply(201, {}, b"two"))

    driven = await drive(a_sending(ASK, ASK), transport)

    assert (driven.status, driven.excerpt) == (201, "two")


async def test_no_reply_leaves_no_status():
    driven = await drive(a_sending(ASK, outcome=Retry("no answer")), over_http(Failure("lost")))

    assert (driven.status, driven.excerpt) == (0, "")


async def test_a_provider_that_raises_does_not_stop_the_sender():
    def sending():
        yield ASK
        raise KeyError("ts")

    driven = await drive(sending(), over_http(Reply(200)))

    assert driven.outcome == Refused("The provider failed: KeyError: 'ts'. This is a bug; please report it.")
    assert driven.status == 200


async def test_a_provider_that_asks_for_ever_is_stopped():
    def sending():
        while True:
            yield ASK

    transport = over_http(*[Reply(200)] * 10)

    driven = await drive(sending(), transport)

    assert isinstance(driven.outcome, Refused)
    assert len(transport.http.asked) <= 6


@pytest.mark.parametrize(
    "body",
    [
        b'{"token": "xoxb-12-abc"}',
        b"Authorization: Bearer abcdef123",
        b"ghp_abcdef123456",
        b"connect to https://user:abcdef123@example.org/",
        b"your key hunter22 is wrong",
    ],
)
def test_secrets_do_not_stand_in_an_excerpt(body):
    excerpt = excerpt_of(body, ["hunter22"])

    for secret in ("12-abc", "abcdef123", "hunter22"):
        assert secret not in excerpt


async def test_secrets_do_not_stand_in_a_reason():
    driven = await drive(a_sending(outcome=Refused("bad key hunter22\x00")), over_http(), ["hunter22"])

    assert driven.outcome == Refused("bad key …")


def test_an_excerpt_is_one_short_line_of_harmless_characters():
    excerpt = excerpt_of(b"a\r\nb\x00\x1b[31m\xff" + b"x" * 70_000)

    assert excerpt.startswith("a b[31m")
    assert len(excerpt) == 300


def test_a_secret_at_the_cut_is_masked_whole():
    assert "hunter" not in excerpt_of(b"x" * 296 + b" hunter22", ["hunter22"])


def test_the_password_of_a_url_is_masked_in_both_its_spellings():
    excerpt = excerpt_of(b"535 p%40ss-word and p@ss-word", ["smtp://user:p%40ss-word@mail.example.org"])

    assert excerpt == "535 … and …"

"""SMTP with servers that misbehave, and what is not even tried."""

import asyncio

import pytest
from tests.transport.faults import serving
from tests.transport.mailing import RAW, Mailbox, a_client, a_mail, a_mail_server

from tocsin.core.sending import Failure, Mail
from tocsin.transport.guard import Guard
from tocsin.transport.smtp import Server, server_of

# — a server that does not


def scripted(*lines, after=None):
    """Greets, then answers each command with the next line; `after` ends the talk."""

    async def talk(reader, writer):
        for line in lines:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()
            if line.startswith("354"):
                await reader.readuntil(b"\r\n.\r\n")
            elif line is not lines[-1]:
                await reader.readline()
        if after is not None:
            await after(reader, writer)

    return talk


UP_TO_DATA = ("220 mail.test", "250 mail.test", "250 sender", "250 recipient", "354 go on")


async def test_a_line_lost_after_data_may_have_delivered():
    async with serving(scripted(*UP_TO_DATA)) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port))

    assert isinstance(answer, Failure)
    assert (answer.written, answer.permanent) == (True, False)


@pytest.mark.parametrize("upto", [1, 2, 3])
async def test_a_line_lost_before_data_has_delivered_nothing(upto):
    async with serving(scripted(*UP_TO_DATA[:upto])) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port))

    assert isinstance(answer, Failure)
    assert (answer.written, answer.permanent) == (False, False)


async def test_a_kept_connection_that_died_is_replaced():
    talks = []

    async def one_mail_each(reader, writer):
        talks.append(writer)
        await scripted(*UP_TO_DATA, "250 taken")(reader, writer)

    async with serving(one_mail_each) as port, a_client() as smtp:
        answers = [await smtp.exchange(a_mail(port)) for _ in range(2)]

    assert [answer.status for answer in answers] == [250, 250]
    assert len(talks) == 2


async def _hang(reader, writer):
    await asyncio.sleep(30)


@pytest.mark.parametrize(("upto", "written"), [(0, False), (1, False), (3, False), (5, True)])
async def test_a_server_that_hangs_has_its_deadline(upto, written):
    talk = scripted(*UP_TO_DATA[:upto], after=_hang)

    async with serving(talk) as port, a_client(deadline=0.2) as smtp:
        answer = await smtp.exchange(a_mail(port))

    assert isinstance(answer, Failure)
    assert answer.written is written
    assert "in time" in answer.reason


@pytest.mark.parametrize("greeting", ["554 no service here", "421 4.3.2 too busy"])
async def test_a_server_that_does_not_greet_says_why(greeting):
    async with serving(scripted(greeting)) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port))

    assert (answer.status, answer.headers["stage"]) == (int(greeting[:3]), "connect")


async def test_what_is_no_mail_server_is_not_taken_for_one():
    async with serving(scripted("HTTP/1.1 400 Bad Request")) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port))

    assert isinstance(answer, Failure)
    assert not answer.written
    assert "does not speak SMTP" in answer.reason


async def test_a_closed_port_was_never_reached():
    async with serving(scripted()) as port:
        pass

    async with a_client() as smtp:
        answer = await smtp.exchange(a_mail(port))

    assert isinstance(answer, Failure)
    assert (answer.written, answer.permanent) == (False, False)
    assert "could not connect" in answer.reason


# — the guard, and what is not even tried


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_an_inside_mail_server_is_refused_for_good(host):
    mailbox = Mailbox()

    async with a_mail_server(mailbox) as port, a_client(Guard()) as smtp:
        answer = await smtp.exchange(a_mail(port, host=host))

    assert isinstance(answer, Failure)
    assert answer.permanent
    assert mailbox.mails == []


async def test_the_operators_own_mail_server_may_be_inside():
    async with a_mail_server(Mailbox()) as port, a_client(Guard(), own=f"smtp://127.0.0.1:{port}") as smtp:
        answer = await smtp.exchange(a_mail(port))

    assert answer.status == 250


@pytest.mark.parametrize("recipient", ["a@b.c>\r\nRCPT TO:<x@y.z", "a b@c.d", "<a@b.c>", "ä@b.c", ""])
async def test_an_envelope_cannot_be_broken_out_of(recipient):
    mailbox = Mailbox()

    async with a_mail_server(mailbox) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port, recipient=recipient))

    assert isinstance(answer, Failure)
    assert answer.permanent
    assert mailbox.mails == []


@pytest.mark.parametrize("url", ["", "http://mail.example.org", "smtp://", "smtp://h:port", "mail.example.org"])
async def test_an_unclear_server_is_refused_without_repeating_it(url):
    async with a_client() as smtp:
        answer = await smtp.exchange(Mail(url, "a@b.c", "d@e.f", RAW))

    assert isinstance(answer, Failure)
    assert answer.permanent


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", Server("mail.example.org", 25, False, "", "")),
        ("smtp://u:p@mail.example.org", Server("mail.example.org", 587, False, "u", "p")),
        ("smtps://u%40x:p%2F1@mail.example.org", Server("mail.example.org", 465, True, "u@x", "p/1")),
        ("smtp://mail.example.org:2525", Server("mail.example.org", 2525, False, "", "")),
    ],
)
def test_a_servers_url_is_read(url, server):
    assert server_of(url) == server


def test_a_server_does_not_show_its_password():
    assert "hunter22" not in repr(server_of("smtp://user:hunter22@mail.example.org"))

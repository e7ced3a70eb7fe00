"""SMTP on real sockets, with a real server where it behaves and a scripted one where it does not."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from tests.transport.faults import a_certificate, client_side, server_side, serving

from tocsin.core.sending import Failure, Mail, Reply
from tocsin.transport.guard import Guard
from tocsin.transport.smtp import Server, Smtp, server_of

LOOPBACK = Guard(["127.0.0.0/8", "::1"])
RAW = b"Subject: hello\r\n\r\nbody\r\n.leading dot\r\n"


def a_mail(port, account="", scheme="smtp", host="127.0.0.1", recipient="ana@example.org"):
    return Mail(f"{scheme}://{account}{host}:{port}", "tocsin@example.org", recipient, RAW)


@asynccontextmanager
async def a_client(guard=LOOPBACK, **limits):
    smtp = Smtp(guard, **limits)
    try:
        yield smtp
    finally:
        await smtp.close()


class Mailbox:
    """What the real server received, and how it answers recipients."""

    def __init__(self, rcpt="250 OK", data="250 OK"):
        self.rcpt, self.data, self.mails, self.sessions = rcpt, data, [], set()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.sessions.add(session)
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content, session.ssl is not None))
        return self.data


@asynccontextmanager
async def a_mail_server(mailbox, implicit_tls=None, **options):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="mail.test", loop=loop, **options), "127.0.0.1", 0, ssl=implicit_tls
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def one_account(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"tocsin", b"p@ss")
    return AuthResult(success=good, handled=False)


# — a server that behaves


async def test_a_mail_arrives_byte_for_byte():
    mailbox = Mailbox()

    async with a_mail_server(mailbox) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port))

    assert (answer.status, answer.headers["stage"]) == (250, "data")
    assert mailbox.mails == [("tocsin@example.org", ["ana@example.org"], RAW, False)]


async def test_a_connection_is_kept_for_the_next_mail():
    mailbox = Mailbox()

    async with a_mail_server(mailbox) as port, a_client() as smtp:
        for _ in range(3):
            await smtp.exchange(a_mail(port))

    assert (len(mailbox.mails), len(mailbox.sessions)) == (3, 1)


async def test_a_connection_carries_so_many_mails_and_no_more():
    mailbox = Mailbox()

    async with a_mail_server(mailbox) as port, a_client(mails_per_connection=2) as smtp:
        for _ in range(4):
            await smtp.exchange(a_mail(port))

    assert (len(mailbox.mails), len(mailbox.sessions)) == (4, 2)


async def test_an_idle_connection_is_closed():
    ended = asyncio.Event()

    class Noting(Mailbox):
        async def handle_QUIT(self, server, session, envelope):  # noqa: N802
            ended.set()
            return "221 Bye"

    async with a_mail_server(Noting()) as port, a_client(idle=0.01) as smtp:
        await smtp.exchange(a_mail(port))

        await asyncio.wait_for(ended.wait(), 5)


async def test_many_mails_at_once_share_a_few_connections():
    mailbox = Mailbox()

    async with a_mail_server(mailbox) as port, a_client(connections=2) as smtp:
        answers = await asyncio.gather(*[smtp.exchange(a_mail(port)) for _ in range(20)])

    assert {answer.status for answer in answers} == {250}
    assert len(mailbox.sessions) <= 2


async def test_a_mail_that_is_refused_does_not_spoil_the_next():
    mailbox = Mailbox(rcpt="550 5.1.1 no such user")

    async with a_mail_server(mailbox) as port, a_client() as smtp:
        refused = await smtp.exchange(a_mail(port))
        mailbox.rcpt = "250 OK"
        taken = await smtp.exchange(a_mail(port))

    assert (refused.status, taken.status) == (550, 250)


@pytest.mark.parametrize(
    ("mailbox", "status", "stage"),
    [
        (Mailbox(rcpt="450 4.2.0 greylisted"), 450, "rcpt"),
        (Mailbox(rcpt="550 5.1.1 no such user"), 550, "rcpt"),
        (Mailbox(data="554 5.7.1 spam"), 554, "data"),
    ],
)
async def test_a_refusal_comes_back_with_the_stage_it_belongs_to(mailbox, status, stage):
    async with a_mail_server(mailbox) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port))

    assert isinstance(answer, Reply)
    assert (answer.status, answer.headers["stage"]) == (status, stage)


async def test_a_mail_that_is_too_big_is_refused_before_it_is_sent():
    mailbox = Mailbox()

    async with a_mail_server(mailbox, data_size_limit=10) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port))

    assert (answer.status, answer.headers["stage"]) == (552, "mail")
    assert mailbox.mails == []


# — TLS and sign-in


async def test_tls_is_used_where_it_is_offered(tmp_path):
    mailbox = Mailbox()
    paths = a_certificate(tmp_path)

    async with a_mail_server(mailbox, tls_context=server_side(paths)) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port, host="localhost"))

    assert answer.status == 250
    assert mailbox.mails[0][3] is True


async def test_tls_from_the_start(tmp_path):
    mailbox = Mailbox()
    paths = a_certificate(tmp_path)

    async with (
        a_mail_server(mailbox, implicit_tls=server_side(paths)) as port,
        a_client(tls=client_side(paths)) as smtp,
    ):
        answer = await smtp.exchange(a_mail(port, scheme="smtps", host="localhost"))

    assert answer.status == 250


async def test_a_certificate_that_does_not_verify_is_refused_with_tls_from_the_start(tmp_path):
    paths = a_certificate(tmp_path)

    async with a_mail_server(Mailbox(), implicit_tls=server_side(paths)) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port, scheme="smtps", host="localhost"))

    assert isinstance(answer, Failure)
    assert (answer.permanent, answer.written) == (True, False)
    assert "does not verify" in answer.reason


async def test_a_password_is_not_given_to_a_certificate_that_does_not_verify(tmp_path):
    mailbox = Mailbox()
    tls = server_side(a_certificate(tmp_path))

    async with (
        a_mail_server(mailbox, tls_context=tls, authenticator=one_account) as port,
        a_client() as smtp,
    ):
        answer = await smtp.exchange(a_mail(port, "tocsin:p%40ss@", host="localhost"))

    assert isinstance(answer, Failure)
    assert answer.permanent
    assert mailbox.mails == []


async def test_the_right_password_signs_in_over_tls(tmp_path):
    mailbox = Mailbox()
    paths = a_certificate(tmp_path)
    options = {"tls_context": server_side(paths), "authenticator": one_account, "auth_required": True}

    async with a_mail_server(mailbox, **options) as port, a_client(tls=client_side(paths)) as smtp:
        answer = await smtp.exchange(a_mail(port, "tocsin:p%40ss@", host="localhost"))

    assert answer.status == 250


async def test_a_wrong_password_is_answered_with_535(tmp_path):
    paths = a_certificate(tmp_path)
    options = {"tls_context": server_side(paths), "authenticator": one_account, "auth_required": True}

    async with a_mail_server(Mailbox(), **options) as port, a_client(tls=client_side(paths)) as smtp:
        answer = await smtp.exchange(a_mail(port, "tocsin:wrong@", host="localhost"))

    assert (answer.status, answer.headers["stage"]) == (535, "auth")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_on_this_machine_itself_a_password_may_go_in_the_clear():
    options = {"authenticator": one_account, "auth_required": True, "auth_require_tls": False}

    async with a_mail_server(Mailbox(), **options) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port, "tocsin:p%40ss@"))

    assert answer.status == 250


async def test_a_server_without_sign_in_is_told_apart_from_a_wrong_password():
    async with a_mail_server(Mailbox()) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port, "tocsin:p%40ss@"))

    assert isinstance(answer, Failure)
    assert "AUTH" in answer.reason


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

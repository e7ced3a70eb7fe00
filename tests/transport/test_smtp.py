"""SMTP with a real server that behaves: mails, kept connections, TLS and sign-in."""

import asyncio

import pytest
from tests.transport.faults import a_certificate, client_side, server_side
from tests.transport.mailing import RAW, Mailbox, a_client, a_mail, a_mail_server, one_account

from tocsin.core.sending import Failure, Greeting, Reply
from tocsin.transport.smtp import server_of

# — a server that behaves


async def test_a_mail_arrives_byte_for_byte():
    mailbox = Mailbox()

    async with a_mail_server(mailbox) as port, a_client() as smtp:
        answer = await smtp.exchange(a_mail(port))

    assert (answer.status, answer.headers["stage"]) == (250, "data")
    assert mailbox.mails == [("tocsin@example.org", ["ana@example.org"], RAW, False)]


async def test_a_server_that_is_only_greeted_is_sent_nothing_and_has_taken_the_sender_back():
    class Noting(Mailbox):
        taken_back = 0

        async def handle_RSET(self, server, session, envelope):  # noqa: N802
            self.taken_back += 1
            return "250 OK"

    mailbox = Noting()

    async with a_mail_server(mailbox) as port, a_client() as smtp:
        answer = await smtp.exchange(Greeting(f"smtp://127.0.0.1:{port}", "tocsin@example.org"))

    assert (answer.status, answer.headers["stage"]) == (250, "mail")
    assert (mailbox.mails, mailbox.taken_back) == ([], 1)


async def test_a_sender_that_the_server_does_not_take_is_answered_with_its_words():
    class Strict(Mailbox):
        async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
            return "553 5.7.1 not yours"

    async with a_mail_server(Strict()) as port, a_client() as smtp:
        answer = await smtp.exchange(Greeting(f"smtp://127.0.0.1:{port}", "tocsin@example.org"))

    assert (answer.status, answer.headers["stage"], answer.body) == (553, "mail", b"5.7.1 not yours")


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


async def test_the_wait_for_a_connection_is_no_slowness_of_the_server():
    class Unhurried(Mailbox):
        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            await asyncio.sleep(1.0)  # a healthy server: well within the deadline
            return await super().handle_DATA(server, session, envelope)

    async with a_mail_server(Unhurried()) as port, a_client(connections=1, deadline=2.6) as smtp:
        answers = await asyncio.gather(*[smtp.exchange(a_mail(port)) for _ in range(3)])

    assert [answer.status for answer in answers] == [250, 250, 250]


async def test_a_mail_that_waits_too_long_for_a_connection_was_surely_not_sent():
    mailbox = Mailbox()

    async with a_mail_server(mailbox) as port, a_client(connections=1, deadline=0.1) as smtp:
        mail = a_mail(port)
        async with smtp._place(server_of(mail.server)):
            answer = await smtp.exchange(mail)

    assert isinstance(answer, Failure)
    assert (answer.written, mailbox.mails) == (False, [])
    assert "busy with other mails" in answer.reason


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

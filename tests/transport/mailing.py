"""A real mail server in the test's own loop, and a client for it."""

import asyncio
from contextlib import asynccontextmanager

from aiosmtpd.smtp import SMTP, AuthResult

from tocsin.core.sending import Mail
from tocsin.transport.guard import Guard
from tocsin.transport.smtp import Smtp

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

"""A mail through Postfix' own test server: real SMTP by others' hands."""

import asyncio
import email
import os
import socket
from contextlib import asynccontextmanager
from email import policy

import pytest

from tests.real_parts import smtp_sink
from tocsin.core.sending import Delivered, Refused, Retry, Unknown
from tocsin.providers.email import EXAMPLE
from tocsin.providers.email.send import Settings, send
from tocsin.transport.drive import Transport, drive
from tocsin.transport.guard import Guard
from tocsin.transport.http import Http
from tocsin.transport.smtp import Smtp

pytestmark = [pytest.mark.journey, pytest.mark.needs("smtp_sink")]


def a_free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@asynccontextmanager
async def a_sink(folder, *options):
    """smtp-sink with its options; gives its port."""
    port = a_free_port()
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
    folder.chmod(0o777)
    process = await asyncio.create_subprocess_exec(
        *smtp_sink(), *as_nobody, *options, f"127.0.0.1:{port}", "100", cwd=folder
    )
    try:
        await _until_it_listens(port)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def _until_it_listens(port):
    loop = asyncio.get_running_loop()
    deadline = loop.time() + 10
    while loop.time() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return
    pytest.fail("smtp-sink did not start within 10 s")


async def sent_to(port, **limits):
    guard = Guard(["127.0.0.0/8"])
    smtp = Smtp(guard, **limits)
    try:
        settings = Settings(f"smtp://127.0.0.1:{port}", "Tocsin <alerts@example.org>")
        return await drive(send(settings, EXAMPLE), Transport(Http(guard), smtp))
    finally:
        await smtp.close()


async def test_a_mail_arrives_as_it_was_written(tmp_path):
    async with a_sink(tmp_path, "-d", "mail.") as port:
        driven = await sent_to(port)

    assert isinstance(driven.outcome, Delivered)
    [dumped] = tmp_path.glob("mail.*")
    mail = email.message_from_bytes(dumped.read_bytes(), policy=policy.SMTP)
    assert mail["X-Rcpt-Args"].startswith("<ana@example.org>")
    assert mail["Subject"] == "SHOP-12 - ZeroDivisionError: division by zero"
    assert mail["Message-ID"] == driven.outcome.reference["message_id"]
    assert "return amount / count" in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("options", "outcome"),
    [
        pytest.param(("-f", "rcpt"), Refused, id="500 for the recipient"),
        pytest.param(("-r", "rcpt"), Retry, id="450 for the recipient"),
        pytest.param(("-f", "data"), Refused, id="500 for the mail"),
        pytest.param(("-r", "mail"), Retry, id="450 for the sender"),
        pytest.param(("-q", "rcpt"), Retry, id="hangs up at the recipient"),
        pytest.param(("-q", "."), Unknown, id="hangs up after the mail"),
    ],
)
async def test_a_server_that_does_not_take_it_is_understood(tmp_path, options, outcome):
    async with a_sink(tmp_path, *options) as port:
        driven = await sent_to(port)

    assert isinstance(driven.outcome, outcome)


async def test_a_server_that_is_too_slow_may_have_taken_it(tmp_path):
    async with a_sink(tmp_path, "-w", "5") as port:
        driven = await sent_to(port, deadline=0.5)

    assert isinstance(driven.outcome, Unknown)

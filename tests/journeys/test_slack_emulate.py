"""A message in a Slack that others wrote: the registry's `emulate`, with real workspaces and channels."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest

from tests.real_parts import emulate
from tocsin.core.sending import Delivered, Gone
from tocsin.notifications import issue_alert
from tocsin.providers.slack import EXAMPLE
from tocsin.providers.slack.send import Address, Settings, check, send
from tocsin.transport.drive import Transport, drive
from tocsin.transport.guard import Guard
from tocsin.transport.http import Http
from tocsin.transport.smtp import Smtp

pytestmark = [pytest.mark.journey, pytest.mark.needs("emulate", "node24")]


def a_free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@asynccontextmanager
async def a_slack(folder):
    """The emulator with its own workspace; gives the address of its Web API."""
    port = a_free_port()
    process = await asyncio.create_subprocess_exec(
        *emulate(), "start", "--service", "slack", "--port", str(port),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    api = f"http://127.0.0.1:{port}/api"
    try:
        await _until_it_answers(f"{api}/auth.test")
        yield api
    finally:
        process.terminate()
        await process.wait()


async def _until_it_answers(url):
    loop = asyncio.get_running_loop()
    deadline = loop.time() + 30
    async with aiohttp.ClientSession() as session:
        while loop.time() < deadline:
            try:
                async with session.post(url):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
    pytest.fail("the Slack emulator did not start within 30 s")


async def ask(api, method, **arguments):
    """Slack's own API, as another client would use it."""
    headers = {"Authorization": "Bearer xoxb-test"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{api}/{method}", data=arguments) as response,
    ):
        return json.loads(await response.text())


@asynccontextmanager
async def a_transport():
    guard = Guard(["127.0.0.0/8"])
    http = Http(guard)
    try:
        yield Transport(http, Smtp(guard))
    finally:
        await http.close()


async def test_an_alert_stands_in_the_channels_history(tmp_path):
    message = issue_alert.render(replace(issue_alert.EXAMPLE, notes="Ask Jane"))

    async with a_slack(tmp_path) as api, a_transport() as transport:
        settings = Settings("xoxb-test", api)
        channel = (await ask(api, "conversations.list"))["channels"][0]
        address = Address(channel["name"], channel["id"])

        told = await drive(check(settings), transport)
        parcel = replace(EXAMPLE, message=message, address=address)
        driven = await drive(send(settings, parcel), transport)
        history = await ask(api, "conversations.history", channel=channel["id"])
        lost = await drive(send(settings, replace(parcel, address=Address("#nowhere", "C0000NOPE"))), transport)

    assert isinstance(told.outcome, Delivered)
    assert told.outcome.reference["team"]
    assert isinstance(driven.outcome, Delivered)
    assert driven.outcome.reference["channel"] == channel["id"]
    [posted] = [m for m in history["messages"] if m["ts"] == driven.outcome.reference["ts"]]
    assert posted["text"] == message.summary
    assert posted["blocks"][0]["elements"][0]["elements"][-1]["text"] == message.title
    assert isinstance(lost.outcome, Gone)

"""What a service can do wrong, through the whole sender: claimed, sent over a real socket, recorded."""

import asyncio
import json
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.builders import NOW, World, a_world
from tests.pipeline.sending import to_slack
from tests.transport.faults import a_certificate, answering, read_request, reset, server_side, serving
from tocsin.pipeline import deliver
from tocsin.store.models import Attempt, Delivery, Lane
from tocsin.transport.drive import Transport
from tocsin.transport.guard import Guard
from tocsin.transport.http import Http
from tocsin.transport.smtp import Smtp

# What a service that hangs costs a test. On a busy machine connecting alone took more than a fifth of a second, and
# what was not written yet is another state.
DEADLINE = 1.0
OK = json.dumps({"ok": True, "channel": "C1", "ts": "17.1"}).encode()


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db) -> World:
    world = a_world()
    to_slack(world)
    return world


@asynccontextmanager
async def a_way_out():
    guard = Guard(["127.0.0.0/8"])
    http = Http(guard, deadline=DEADLINE, connect=DEADLINE)
    try:
        yield Transport(http, Smtp(guard))
    finally:
        await http.close()


def deliver_to(talk: Callable[..., Any], *, scheme: str = "http", tls: Any = None) -> Delivery:
    """The one delivery after everything that was due was sent to a service that talks like this."""
    ready = deliver.turn([], 10, NOW)

    async def send() -> list[deliver.Tried]:
        async with serving(talk, tls) as port, a_way_out() as transport:
            return [await deliver.send(_to(one, f"{scheme}://127.0.0.1:{port}/api"), transport) for one in ready]

    deliver.record(asyncio.run(send()), NOW)
    return Delivery.objects.get(provider="slack")


def _to(ready: Any, url: str) -> Any:
    settings = replace(ready.settings, api_url=url)
    return deliver.begun(ready.job, ready.provider, settings, ready.parcel)


def said(**body: Any) -> Callable[..., Any]:
    return answering(body=json.dumps(body).encode())


async def hangs(reader, writer):
    await read_request(reader)
    await asyncio.sleep(60)


async def drips(reader, writer):
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        writer.write(b"{")
        await writer.drain()
        await asyncio.sleep(DEADLINE / 8)


async def resets(reader, writer):
    await read_request(reader)
    reset(writer)


async def hangs_up(reader, writer):
    await read_request(reader)


async def breaks_off(reader, writer):
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + OK)
    await writer.drain()


async def is_endless(reader, writer):
    await read_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        writer.write(b" " * 65_536)
        await writer.drain()


@pytest.mark.parametrize(
    ("talk", "state", "outcome"),
    [
        pytest.param(answering(body=OK), "sent", "delivered", id="all is well"),
        pytest.param(hangs, "unknown", "unknown", id="hangs"),
        pytest.param(drips, "unknown", "unknown", id="drips"),
        pytest.param(resets, "unknown", "unknown", id="resets after the request"),
        pytest.param(hangs_up, "unknown", "unknown", id="hangs up after the request"),
        pytest.param(breaks_off, "unknown", "unknown", id="breaks off in its answer"),
        pytest.param(is_endless, "unknown", "unknown", id="an answer without end"),
        pytest.param(answering(body=b"<html>Hello</html>"), "unknown", "unknown", id="200 that is not JSON"),
        pytest.param(answering(body=b'{"ok": tru'), "unknown", "unknown", id="200 with half a JSON"),
        pytest.param(answering(body=b"[]"), "unknown", "unknown", id="200 with a JSON of another shape"),
        pytest.param(said(ok=False, error="ratelimited"), "retrying", "retry", id="200, ok false, later"),
        pytest.param(said(ok=False, error="msg_blocks_too_long"), "failed", "refused", id="200, ok false, never"),
        pytest.param(said(ok=False, error="is_archived"), "failed", "gone", id="200, ok false, gone"),
        pytest.param(said(ok=False), "failed", "refused", id="200, ok false, without a reason"),
        pytest.param(answering("500 Oops"), "retrying", "retry", id="500"),
        pytest.param(answering("503 Later"), "retrying", "retry", id="503"),
        pytest.param(answering("401 No"), "failed", "gone", id="401"),
        pytest.param(answering("403 No"), "failed", "refused", id="403"),
        pytest.param(answering("413 Too large"), "failed", "refused", id="413"),
    ],
)
def test_each_way_to_answer_has_its_state(world, talk, state, outcome):
    delivery = deliver_to(talk)

    assert (delivery.state, delivery.tries.get().outcome) == (state, outcome)


@pytest.mark.parametrize(
    ("talk", "doubtful"),
    [
        pytest.param(answering(body=OK), 0, id="answered"),
        pytest.param(answering("500 Oops"), 0, id="refused for now"),
        pytest.param(resets, 1, id="lost after the request"),
        pytest.param(hangs, 1, id="no answer"),
    ],
)
def test_the_ledger_counts_the_tries_that_may_have_arrived(world, talk, doubtful):
    assert deliver_to(talk).doubtful == doubtful


def test_nobody_listening_is_tried_again_and_not_in_doubt(world):
    ready = deliver.turn([], 10, NOW)

    async def send() -> deliver.Tried:
        async with serving(hangs) as port:
            pass
        async with a_way_out() as transport:
            return await deliver.send(_to(ready[0], f"http://127.0.0.1:{port}/api"), transport)

    deliver.record([asyncio.run(send())], NOW)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.doubtful) == ("retrying", 0)


def test_a_certificate_that_does_not_verify_is_refused_before_anything_is_said(world, tmp_path):
    heard = []
    tls = server_side(a_certificate(tmp_path))

    delivery = deliver_to(answering(body=OK, seen=heard), scheme="https", tls=tls)

    assert delivery.state == "failed"
    assert "certificate" in delivery.reason
    assert heard == []


def test_a_service_that_speaks_no_tls_is_tried_again(world):
    assert deliver_to(answering(body=OK), scheme="https").state == "retrying"


def test_a_redirect_to_itself_is_asked_once_and_refused(world):
    heard = []

    delivery = deliver_to(answering("301 Moved", headers=["Location: /api/chat.postMessage"], seen=heard))

    assert delivery.state == "failed"
    assert "redirect" in delivery.reason
    assert len(heard) == 1


HTTP_DATES = ["Date: Sat, 21 Nov 2026 09:00:00 GMT", "Retry-After: Sat, 21 Nov 2026 09:10:00 GMT"]


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        pytest.param(["Retry-After: 600"], b"", 600, id="whole seconds"),
        pytest.param(["Retry-After: 600.5"], b"", 600.5, id="parts of a second"),
        pytest.param(HTTP_DATES, b"", 600, id="an HTTP date"),
        pytest.param([], b'{"retry_after": 600.35}', 600.35, id="a number in the body"),
        pytest.param([], b'{"parameters": {"retry_after": 600}}', 600, id="a parameter in the body"),
        pytest.param(["X-RateLimit-Reset-After: 600"], b"", 600, id="what is left until the reset"),
        pytest.param([HTTP_DATES[0], "X-RateLimit-Reset: 1795252200"], b"", 600, id="the reset since 1970"),
        pytest.param([HTTP_DATES[0], "X-RateLimit-Reset: 2026-11-21T09:10:00Z"], b"", 600, id="the reset's moment"),
    ],
)
def test_too_many_is_tried_again_when_the_service_said_and_so_is_all_that_goes_the_same_way(
    world, headers, body, seconds
):
    delivery = deliver_to(answering("429 Too many", body, headers))

    asked = NOW + timedelta(seconds=seconds)
    assert delivery.state == "retrying"
    # Up to a tenth is added, so that not all come back at once.
    assert asked <= delivery.due <= NOW + timedelta(seconds=seconds * 1.1)
    assert Lane.objects.get().ready_at >= asked


@pytest.mark.parametrize(
    "headers", [[], ["Retry-After: soon"], ["Retry-After: -1"]], ids=["nothing", "words", "past"]
)
def test_too_many_without_a_usable_wait_is_tried_again_by_the_policy(world, headers):
    delivery = deliver_to(answering("429 Too many", b"", headers))

    assert delivery.state == "retrying"
    assert NOW <= delivery.due <= NOW + timedelta(seconds=30)


def test_a_wait_beyond_all_reason_is_capped(world):
    delivery = deliver_to(answering("429 Too many", b"", ["Retry-After: 999999999"]))

    assert delivery.due <= NOW + timedelta(hours=1.1)


@pytest.mark.parametrize(
    ("first", "doubtful"),
    [pytest.param(answering("500 Oops"), 0, id="500 then 200"), pytest.param(resets, 1, id="lost then 200")],
)
def test_what_fails_once_arrives_with_both_tries_in_the_ledger(world, first, doubtful):
    deliver_to(first)
    Delivery.objects.update(due=NOW)
    Lane.objects.update(ready_at=NOW, not_before=None)

    delivery = deliver_to(answering(body=OK))

    assert (delivery.state, delivery.attempts, delivery.doubtful) == ("sent", 2, doubtful)
    assert Attempt.objects.count() == 2


def test_a_service_that_fails_delays_no_other(world):
    other = to_slack(world, integration_id=Delivery.objects.get().integration_id)
    ready = deliver.turn([], 10, NOW)

    async def send() -> list[deliver.Tried]:
        async with serving(hangs) as dead, serving(answering(body=OK)) as well, a_way_out() as transport:
            ports = [well if one.job.id == other.pk else dead for one in ready]
            tries = [
                deliver.send(_to(one, f"http://127.0.0.1:{port}/api"), transport)
                for one, port in zip(ready, ports, strict=True)
            ]
            return [await first for first in asyncio.as_completed(tries)]

    tried = asyncio.run(send())

    assert [one.state for one in tried] == ["sent", "unknown"]

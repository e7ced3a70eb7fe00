"""HTTP on real sockets: what is asked arrives, and each way to fail has its own words."""

import asyncio
import gzip
import json
from contextlib import asynccontextmanager

import pytest
from tests.transport.faults import a_certificate, answering, client_side, read_request, reset, server_side, serving

from tocsin.core.sending import Failure, Reply, Request
from tocsin.transport.guard import Guard
from tocsin.transport.http import Http

LOOPBACK = Guard(["127.0.0.0/8"])


@asynccontextmanager
async def a_client(guard=LOOPBACK, **limits):
    http = Http(guard, **limits)
    try:
        yield http
    finally:
        await http.close()


async def asked_of(talk, request=None, path="/", **limits):
    async with serving(talk) as port, a_client(**limits) as http:
        return await http.exchange(request or Request("POST", f"http://127.0.0.1:{port}{path}", json={}))


async def test_json_is_posted_and_the_reply_comes_back():
    seen = []

    async with serving(answering(body=b"ok", headers=["X-Name: Value"], seen=seen)) as port, a_client() as http:
        request = Request("POST", f"http://127.0.0.1:{port}/hook?a=%2F", {"X-Mine": "1"}, json={"text": "grüß"})
        reply = await http.exchange(request)

    head, body = seen[0]
    assert head.startswith(b"POST /hook?a=%2F HTTP/1.1\r\n")
    assert b"X-Mine: 1" in head
    assert b"User-Agent: Tocsin/" in head
    assert json.loads(body) == {"text": "grüß"}
    assert (reply.status, reply.body, reply.headers["x-name"]) == (200, b"ok", "Value")


async def test_a_form_is_posted():
    seen = []

    async with serving(answering(seen=seen)) as port, a_client() as http:
        await http.exchange(Request("POST", f"http://127.0.0.1:{port}/", form={"a": "1 & 2"}))

    assert seen[0][1] == b"a=1+%26+2"


async def test_a_body_is_sent_byte_for_byte():
    seen = []

    async with serving(answering(seen=seen)) as port, a_client() as http:
        await http.exchange(Request("PUT", f"http://127.0.0.1:{port}/", body=b"\x00raw"))

    assert seen[0][1] == b"\x00raw"


async def test_a_connection_is_kept_for_the_next_message():
    peers = set()

    async def talk(reader, writer):
        peers.add(writer.get_extra_info("peername"))
        await answering()(reader, writer)

    async with serving(talk) as port, a_client() as http:
        for _ in range(3):
            await http.exchange(Request("POST", f"http://127.0.0.1:{port}/", json={}))

    assert len(peers) == 1


async def test_a_redirect_is_handed_back_and_not_followed():
    seen = []

    reply = await asked_of(answering("302 Found", headers=["Location: http://169.254.169.254/"], seen=seen))

    assert isinstance(reply, Reply)
    assert reply.status == 302
    assert len(seen) == 1


async def test_a_giant_body_is_read_only_so_far():
    reply = await asked_of(answering(body=b"x" * 1_000_000), cap=1000)

    assert reply == Reply(200, reply.headers, b"x" * 1000)


async def test_a_body_without_end_is_read_only_so_far():
    async def talk(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 1000)
            await writer.drain()

    reply = await asked_of(talk, cap=5000)

    assert len(reply.body) == 5000


async def test_a_packed_body_is_not_unpacked():
    bomb = gzip.compress(b"0" * 1_000_000)

    reply = await asked_of(answering(body=bomb, headers=["Content-Encoding: gzip"]))

    assert reply.body == bomb


async def test_invalid_json_is_the_providers_to_judge():
    reply = await asked_of(answering(body=b"<html>"))

    assert reply.body == b"<html>"


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert (await asked_of(answering(body=b"direct"))).body == b"direct"


# — failures


async def test_a_service_that_hangs_has_its_deadline_and_may_have_got_the_message():
    async def talk(reader, writer):
        await asyncio.sleep(30)

    answer = await asked_of(talk, deadline=0.05)

    assert answer == Failure("127.0.0.1 did not answer in time", written=True)


async def test_a_service_that_drips_has_the_same_deadline():
    async def talk(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    answer = await asked_of(talk, deadline=0.1)

    assert answer == Failure("127.0.0.1 did not answer in time", written=True)


@pytest.mark.parametrize("end", [reset, lambda writer: writer.close()], ids=["reset", "closed"])
async def test_a_line_lost_after_the_request_may_have_delivered(end):
    async def talk(reader, writer):
        await read_request(reader)
        end(writer)

    answer = await asked_of(talk)

    assert isinstance(answer, Failure)
    assert answer.written
    assert not answer.permanent


async def test_a_reply_that_breaks_off_may_have_delivered():
    async def talk(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    answer = await asked_of(talk)

    assert isinstance(answer, Failure)
    assert answer.written


async def test_an_answer_that_is_not_http_may_have_delivered():
    async def talk(reader, writer):
        await read_request(reader)
        writer.write(b"220 mail.example.org ESMTP\r\n")

    answer = await asked_of(talk)

    assert isinstance(answer, Failure)
    assert answer.written


async def test_a_closed_port_was_never_reached():
    async with serving(answering()) as port:
        pass

    async with a_client() as http:
        answer = await http.exchange(Request("POST", f"http://127.0.0.1:{port}/", json={}))

    assert isinstance(answer, Failure)
    assert (answer.written, answer.permanent) == (False, False)
    assert "could not connect to 127.0.0.1" in answer.reason


async def test_a_name_that_does_not_exist_was_never_reached():
    async with a_client() as http:
        answer = await http.exchange(Request("POST", "http://nowhere.invalid/", json={}))

    assert answer == Failure("the name nowhere.invalid was not found")


async def test_a_certificate_that_does_not_verify_is_for_good(tmp_path):
    paths = a_certificate(tmp_path)

    async with (
        serving(answering(), tls=server_side(paths)) as port,
        a_client(Guard(["127.0.0.0/8", "::1"])) as http,
    ):
        answer = await http.exchange(Request("POST", f"https://localhost:{port}/", json={}))

    assert isinstance(answer, Failure)
    assert answer.permanent
    assert "certificate of localhost does not verify" in answer.reason


async def test_a_certificate_that_verifies_is_talked_to(tmp_path):
    paths = a_certificate(tmp_path)

    async with (
        serving(answering(body=b"ok"), tls=server_side(paths)) as port,
        a_client(Guard(["127.0.0.0/8", "::1"]), tls=client_side(paths)) as http,
    ):
        answer = await http.exchange(Request("POST", f"https://localhost:{port}/", json={}))

    assert answer.body == b"ok"


async def test_a_service_that_speaks_no_tls_was_never_reached():
    async with serving(answering()) as port, a_client() as http:
        answer = await http.exchange(Request("POST", f"https://127.0.0.1:{port}/", json={}))

    assert isinstance(answer, Failure)
    assert not answer.written


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"])
async def test_an_inside_address_is_refused_for_good_and_hears_nothing(host):
    seen = []

    async with serving(answering(seen=seen)) as port, a_client(Guard()) as http:
        answer = await http.exchange(Request("POST", f"http://{host}:{port}/", json={}))

    assert isinstance(answer, Failure)
    assert answer.permanent
    assert "outbound guard" in answer.reason
    assert seen == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://user:password@example.org/",
        "http://example.org\\@127.0.0.1/",
        "http://exa mple.org/",
        "http://example.org/\r\nX: y",
        "http://example.org/\x00",
        "http://exämple.org/",
        "http://example.org#@127.0.0.1/",
        "http://",
        "//example.org/",
        "",
    ],
)
async def test_an_unclear_address_is_refused_without_repeating_it(url):
    async with a_client() as http:
        answer = await http.exchange(Request("POST", url, json={}))

    assert isinstance(answer, Failure)
    assert answer.permanent
    assert "example" not in answer.reason


@pytest.mark.parametrize(
    "headers", [{"X-A": "1\r\nX-B: 2"}, {"X-A": "1\n"}, {"X-A": "a\x00"}, {"X A": "1"}, {"X:A": "1"}, {"": "1"}]
)
async def test_a_line_break_in_a_header_is_refused(headers):
    async with a_client() as http:
        answer = await http.exchange(Request("POST", "http://example.org/", headers, json={}))

    assert isinstance(answer, Failure)
    assert answer.permanent


async def test_text_that_utf_8_cannot_carry_is_refused_and_raises_nothing():
    async with a_client() as http:
        answer = await http.exchange(Request("POST", "http://example.org/", json={"a": "\ud800"}))

    assert isinstance(answer, Failure)
    assert answer.permanent

"""The door as clients meet it: over sockets, behind the server that the product runs, with a real spool."""

import gzip
import json
import resource
import socket
import threading

import pytest

from tests.ingest.door import AUTH, EVENT_ID, a_key, an_envelope
from tests.ingest.server import Server
from tocsin.engine import sqlite
from tocsin.ingest.limits import Limits


@pytest.fixture
def serve(tmp_path):
    """Starts a server with some limits, and stops it in the end."""
    started = []

    def start(**limits) -> Server:
        started.append(Server(tmp_path, Limits(**limits), a_key()))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def post(connection, body, headers=AUTH, **options):
    """Status, headers and JSON of one request."""
    connection.request("POST", "/api/7/envelope/", body, headers, **options)
    answer = connection.getresponse()
    return answer.status, answer.headers, json.loads(answer.read())


def test_an_event_is_answered_with_its_id_and_is_on_disk(serve):
    server = serve()

    with server.connection() as connection:
        status, _, content = post(connection, gzip.compress(an_envelope()), {**AUTH, "Content-Encoding": "gzip"})

    assert (status, content) == (200, {"id": EVENT_ID})
    [entry] = server.spooled()
    assert (entry.event_id, entry.project_id, gzip.decompress(entry.body)) == (EVENT_ID, 7, an_envelope())


def test_a_chunked_body_is_taken(serve):
    server, body = serve(), an_envelope()

    with server.connection() as connection:
        status, _, _ = post(connection, iter([body[:30], body[30:60], body[60:]]), encode_chunked=True)

    assert status == 200
    assert server.spooled()[0].body == body


def test_a_connection_goes_on_after_each_kind_of_refusal(serve):
    server = serve(body=300_000)

    with server.connection() as connection:
        statuses = [
            post(connection, body, headers)[0]
            for body, headers in [
                (b"nonsense", AUTH),
                (an_envelope(), {}),
                (an_envelope(), {"X-Sentry-Auth": f"Sentry sentry_key={'b' * 32}"}),
                (bytes(300_001), AUTH),
                (iter([bytes(200_000)] * 20), AUTH),
                (an_envelope(), {**AUTH, "Content-Encoding": "compress"}),
                (an_envelope(), AUTH),
            ]
        ]

    assert statuses == [400, 403, 403, 413, 413, 400, 200]


def test_a_sender_that_stalls_is_sent_away_and_delays_nobody(serve):
    server = serve(seconds=0.2)

    with socket.create_connection(("127.0.0.1", server.port), 20) as stalled, server.connection() as connection:
        stalled.sendall(b"POST /api/7/envelope/ HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n")
        stalled.sendall(b"X-Sentry-Auth: %b\r\n\r\n{}" % AUTH["x-sentry-auth"].encode())
        status, _, _ = post(connection, an_envelope())
        answer = stalled.makefile("rb").read()  # to its end: the server closes it

    assert status == 200
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_client_that_hangs_up_halfway_leaves_nothing(serve):
    server = serve()

    with socket.create_connection(("127.0.0.1", server.port), 20) as leaving:
        leaving.sendall(b"POST /api/7/envelope/ HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n")
        leaving.sendall(b"X-Sentry-Auth: %b\r\n\r\n{}" % AUTH["x-sentry-auth"].encode())
    with server.connection() as connection:
        post(connection, an_envelope())

    assert len(server.spooled()) == 1


def test_many_clients_at_once_each_get_their_own_answer(serve):
    server, answers = serve(), {}

    def client(number):
        with server.connection() as connection:
            for turn in range(20):
                event_id = f"{number:016x}{turn:016x}"
                answers[event_id] = post(connection, an_envelope(event_id=event_id))[2]["id"]

    clients = [threading.Thread(target=client, args=[number]) for number in range(16)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()

    assert len(answers) == 320
    assert all(event_id == answered for event_id, answered in answers.items())
    assert {entry.event_id for entry in server.spooled()} == set(answers)


def test_a_locked_spool_is_503_until_it_is_free_and_keeps_what_was_answered(serve):
    server = serve()
    with server.connection() as connection:
        statuses = [post(connection, an_envelope(event_id="1" * 32))[0]]
        server.spool._connection.execute("PRAGMA busy_timeout = 0")
        other = sqlite.connect(server.path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        status, headers, _ = post(connection, an_envelope(event_id="2" * 32))
        other.execute("ROLLBACK")
        other.close()
        statuses.append(post(connection, an_envelope(event_id="3" * 32))[0])

    assert (status, headers["Retry-After"], headers["X-Sentry-Error"]) == (
        503,
        "5",
        "Events cannot be stored now: try again soon",
    )
    assert statuses == [200, 200]
    assert [entry.event_id for entry in server.spooled()] == ["1" * 32, "3" * 32]


def test_a_full_disk_is_503_until_there_is_room_and_keeps_what_was_answered(serve):
    server, statuses = serve(), []
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with server.connection() as connection:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
        try:
            for number in range(60):
                event = json.dumps({"message": "x" * 20_000}).encode()
                statuses.append(post(connection, an_envelope(event, event_id=f"{number:032x}"))[0])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        last, _, _ = post(connection, an_envelope(event_id="f" * 32))

    answered = [f"{number:032x}" for number, status in enumerate(statuses) if status == 200]
    assert set(statuses) == {200, 503}
    assert last == 200
    assert [entry.event_id for entry in server.spooled()] == [*answered, "f" * 32]


def test_what_was_answered_before_a_stop_is_there_after_it(serve, tmp_path):
    server = serve()
    with server.connection() as connection:
        for number in range(50):
            post(connection, an_envelope(event_id=f"{number:032x}"))
    server.stop()

    assert [int(entry.event_id, 16) for entry in server.spooled()] == list(range(50))

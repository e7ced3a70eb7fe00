"""The proof of delivery can fail: what script/verify-delivery calls lost, twice, admitted and unbalanced."""

import socket
from collections.abc import Iterator

import pytest
from verify.ledger import Entry, Ledger, judge
from verify.line import EVENTS, Line
from verify.points import CELERY, EMBEDDED
from verify.sink import Intent, Sink

ANA, BEN = Intent("a" * 32, "C1"), Intent("b" * 32, "C2")


def sent(intent: Intent, state: str = "sent", doubtful: int = 0, tries: int = 1) -> Entry:
    return Entry(*intent, state, doubtful, tries)


def a_ledger(*entries: Entry, intents: int | None = None, waiting: int = 0) -> Ledger:
    return Ledger(entries, len(entries) if intents is None else intents, waiting)


def test_all_that_arrived_once_is_well():
    verdict = judge([ANA, BEN], {ANA: 1, BEN: 1}, a_ledger(sent(ANA), sent(BEN)))

    assert verdict.is_good
    assert (verdict.intents, verdict.lost, verdict.duplicates, verdict.admitted) == (2, 0, 0, 0)


@pytest.mark.parametrize(
    "ledger",
    [
        pytest.param(a_ledger(sent(ANA), sent(BEN)), id="though the ledger says sent"),
        pytest.param(a_ledger(sent(ANA)), id="though its event was answered 200"),
    ],
)
def test_what_never_arrived_is_lost(ledger):
    verdict = judge([ANA, BEN], {ANA: 1}, ledger)

    assert verdict.lost == 1
    assert not verdict.is_good


def test_a_duplicate_that_the_ledger_admits_is_well():
    verdict = judge([ANA], {ANA: 2}, a_ledger(sent(ANA, doubtful=1, tries=2)))

    assert (verdict.duplicates, verdict.admitted) == (1, 1)
    assert verdict.is_good


def test_a_duplicate_that_the_ledger_is_silent_about_is_not():
    verdict = judge([ANA], {ANA: 2}, a_ledger(sent(ANA, tries=2)))

    assert (verdict.duplicates, verdict.admitted) == (1, 0)
    assert not verdict.is_good


def test_doubt_about_one_delivery_excuses_no_duplicate_of_another():
    ledger = a_ledger(sent(ANA, doubtful=1, tries=2), sent(BEN, tries=2))

    assert not judge([ANA, BEN], {ANA: 1, BEN: 2}, ledger).is_good


def test_doubt_without_a_duplicate_is_well_and_counted():
    verdict = judge([ANA], {ANA: 1}, a_ledger(sent(ANA, doubtful=1, tries=2)))

    assert (verdict.doubts, verdict.duplicates) == (1, 0)
    assert verdict.is_good


@pytest.mark.parametrize(
    ("ledger", "words"),
    [
        pytest.param(a_ledger(sent(ANA), intents=2), "1 are missing", id="a row is missing"),
        pytest.param(a_ledger(sent(ANA, "unknown")), "did not end as sent", id="not finished"),
        pytest.param(a_ledger(sent(ANA, "dead")), "did not end as sent", id="given up"),
        pytest.param(a_ledger(sent(ANA), waiting=3), "3 events are still in the spool", id="not digested"),
        pytest.param(a_ledger(sent(ANA, tries=0)), "arrived more often than", id="a try is not recorded"),
        pytest.param(a_ledger(sent(ANA), sent(BEN)), "nobody wanted", id="a message too many"),
    ],
)
def test_books_that_do_not_balance_are_red(ledger, words):
    verdict = judge([ANA], {ANA: 1, **({BEN: 1} if len(ledger.entries) > 1 else {})}, ledger)

    assert words in " ".join(verdict.problems)
    assert not verdict.is_good


def test_a_running_instance_that_refuses_events_is_red():
    assert not judge([ANA], {ANA: 1}, a_ledger(sent(ANA)), refused=1).is_good


def test_the_sink_counts_by_event_and_channel():
    sink = Sink()

    sink.take(b'{"channel": "C1", "text": "event-%b"}' % (b"a" * 32))
    sink.take(b'{"channel": "C1", "text": "event-%b"}' % (b"a" * 32))

    assert sink.arrived == {ANA: 2}


@pytest.mark.parametrize("points", [EMBEDDED, CELERY], ids=["embedded", "celery"])
def test_every_point_has_a_name_of_its_own(points):
    assert len({point.name for point in points}) == len(points)


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def line(server) -> Iterator[Line]:
    made = Line(*server.getsockname())
    yield made
    made.close()


def through(line: Line, server: socket.socket) -> tuple[socket.socket, socket.socket]:
    """Both ends of a connection over the line."""
    near = socket.create_connection(("127.0.0.1", line.port), 10)
    far, _ = server.accept()
    far.settimeout(10)
    return near, far


def test_a_line_carries_both_ways(line, server):
    near, far = through(line, server)
    with near, far:
        near.sendall(b"hello")
        assert far.recv(10) == b"hello"
        far.sendall(b"you too")
        assert near.recv(10) == b"you too"


def test_a_line_that_loses_answers_still_hands_over_events(line, server):
    near, far = through(line, server)
    with near, far:
        line.lose_answers()
        near.sendall(b"e" * (EVENTS + 1))
        assert len(far.recv(2 * EVENTS)) == EVENTS + 1
        assert line.spoken.wait(10)

        far.sendall(b"taken")
        far.close()

        assert near.recv(10) == b""


def test_a_line_is_not_deaf_before_there_are_events(line, server):
    near, far = through(line, server)
    with near, far:
        line.lose_answers()
        near.sendall(b"hello")
        far.recv(10)
        far.sendall(b"you too")

        assert near.recv(10) == b"you too"

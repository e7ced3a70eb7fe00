"""The forwarder: what the door accepted is forgotten only once the broker has it."""

import os
import threading
from contextlib import contextmanager

import pytest
from tests.builders import NOW

from tocsin.engine import spool as spooling
from tocsin.engine.forward import BATCH, BATCH_BYTES, Forwarder, Patience
from tocsin.engine.spool import SpoolReader
from tocsin.engine.wake import Listener

SOON = 10.0
SWIFT = Patience(look_again=600.0, first_rest=0.01, longest_rest=0.02)


class Broker:
    """Takes what is published, unless it is away."""

    def __init__(self, away: int = 0) -> None:
        self.away = away
        self.tries = 0
        self.taken: list[list[str]] = []
        self.changed = threading.Condition()

    def publish(self, batch) -> None:
        with self.changed:
            self.tries += 1
            self.changed.notify_all()
            if self.away:
                self.away -= 1
                raise OSError("connection refused")
            self.taken.append([body.event_id for body in batch])

    def wait_for(self, condition) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, SOON), self.taken

    @property
    def ids(self) -> list[str]:
        return [event_id for batch in self.taken for event_id in batch]


@pytest.fixture
def spool(tmp_path):
    return tmp_path / "spool.sqlite3"


def accept(spool, *event_ids: str, body: bytes = b"body") -> None:
    connection = spooling._open(spool)
    spooling._insert(connection, [(1, NOW.timestamp(), "envelope", "", one, "", body) for one in event_ids])
    connection.close()


def left(spool) -> int:
    reader = SpoolReader(spool)
    try:
        return len(reader.read(0, 10_000, 1 << 30))
    finally:
        reader.close()


@contextmanager
def forwarding(tmp_path, broker, patience=SWIFT):
    listener, reader = Listener(tmp_path / "wake.sock"), SpoolReader(tmp_path / "spool.sqlite3")
    forwarder = Forwarder(listener, reader, broker.publish, patience)
    thread = threading.Thread(target=forwarder.run)
    thread.start()
    try:
        yield forwarder
    finally:
        forwarder.stop()
        thread.join(SOON)
        listener.close()
        reader.close()
    assert not thread.is_alive()


def test_what_the_broker_has_is_forgotten(tmp_path, spool):
    accept(spool, "a", "b")
    broker = Broker()

    with forwarding(tmp_path, broker):
        broker.wait_for(lambda: broker.ids == ["a", "b"])

    assert left(spool) == 0


def test_while_the_broker_is_away_everything_stays_and_none_is_left_out(tmp_path, spool, caplog):
    accept(spool, "a", "b")
    broker = Broker(away=4)

    with forwarding(tmp_path, broker):
        broker.wait_for(lambda: broker.tries == 3)
        assert left(spool) == 2
        broker.wait_for(lambda: broker.ids == ["a", "b"])

    assert caplog.text.count("they wait in the spool") == 1
    assert "forwarded again" in caplog.text


def test_a_stop_does_not_wait_for_a_broker_that_is_away(tmp_path, spool):
    accept(spool, "a")
    broker = Broker(away=1_000)

    with forwarding(tmp_path, broker, Patience(first_rest=600.0, longest_rest=600.0)):
        broker.wait_for(lambda: broker.tries == 1)

    assert left(spool) == 1


def test_a_message_holds_a_hundred_bodies(tmp_path, spool):
    accept(spool, *[f"{number}" for number in range(BATCH + 1)])
    broker = Broker()

    with forwarding(tmp_path, broker):
        broker.wait_for(lambda: len(broker.ids) == BATCH + 1)

    assert [len(batch) for batch in broker.taken] == [BATCH, 1]


def test_a_message_of_large_bodies_holds_fewer(tmp_path, spool):
    accept(spool, "a", "b", "c", body=b"x" * (BATCH_BYTES // 2))
    broker = Broker()

    with forwarding(tmp_path, broker):
        broker.wait_for(lambda: len(broker.ids) == 3)

    assert broker.taken == [["a", "b"], ["c"]]


def test_it_ends_with_the_process_that_started_it(tmp_path, spool):
    reading, writing = os.pipe()
    listener, reader = Listener(tmp_path / "wake.sock"), SpoolReader(spool)
    forwarder = Forwarder(listener, reader, Broker().publish, SWIFT)
    with os.fdopen(reading) as parent:
        thread = threading.Thread(target=forwarder.run, args=(parent,))
        thread.start()
        os.close(writing)
        thread.join(SOON)
    listener.close()
    reader.close()

    assert not thread.is_alive()

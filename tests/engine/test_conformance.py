"""What every engine does, whoever runs the stages: nothing above an engine knows which one it is."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from kombu.transport.memory import Channel, Transport
from tests.builders import NOW
from tests.real_parts.servers import a_redis

from tocsin.engine import spool as spooling
from tocsin.engine.celery import Broker, Stages, add_stages, make_app
from tocsin.engine.embedded import Embedded, Pace, Sender
from tocsin.engine.forward import Forwarder, Patience
from tocsin.engine.port import Bell, Engine
from tocsin.engine.spool import SpoolReader
from tocsin.engine.wake import Listener

SOON = 20.0


class Work:
    """Stages that remember what they were given; `failures` of them fail first, and none passes a closed `gate`."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.turns: Counter[str] = Counter()
        self.failures = 0
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Semaphore(0)
        self._changed = threading.Condition()

    def digest(self, batch) -> None:
        self._begin()
        with self._changed:
            self.turns["digest"] += 1
            if batch:
                self.batches.append([body.event_id for body in batch])
            self._changed.notify_all()

    def deliver(self) -> None:
        self._begin()
        with self._changed:
            self.turns["deliver"] += 1
            self._changed.notify_all()

    def act(self) -> None:
        with self._changed:
            self.turns["act"] += 1
            self._changed.notify_all()

    def _begin(self) -> None:
        self.begun.release()
        self.gate.wait(SOON)
        if self.failures:
            self.failures -= 1
            raise OSError("the database is away")

    @property
    def ids(self) -> list[str]:
        return [event_id for batch in self.batches for event_id in batch]

    def wait_until(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, SOON), (self.batches, self.turns)


@contextmanager
def embedded(tmp_path, work: Work) -> Iterator[None]:
    """`tocsin up`: the worker reads the spool itself."""
    reader = SpoolReader(tmp_path / "spool.sqlite3")
    listener = Listener(tmp_path / "wake.sock")

    def digest_some() -> tuple[int, int]:
        batch = reader.read(0, 100, 1 << 20)
        work.digest(batch)
        if batch:
            reader.forget(batch[-1].id)
        return len(batch), 0

    def turn(tried, limit):
        del tried, limit
        work.deliver()
        return []

    sender = Sender(turn, send=None, record=lambda tried: None, idle_for=lambda: 600.0)
    engine = Embedded(
        listener, digest_some, sender, (), act=work.act, pace=Pace(look_again=600.0, after_error=0.01)
    )
    loop = asyncio.new_event_loop()
    with in_a_thread(lambda: loop.run_until_complete(engine.run())):
        yield
        loop.call_soon_threadsafe(engine.stop)
    loop.close()
    listener.close()
    reader.close()


def distributed(tmp_path, work: Work) -> AbstractContextManager[None]:
    """A broker that carries the bodies, as RabbitMQ does."""
    return on_a_broker("memory://", tmp_path, work)


def on_redis(tmp_path, work: Work) -> AbstractContextManager[None]:
    """A broker that says only that bodies are on the shelf."""
    return on_a_broker(settings.TOCSIN.broker_url, tmp_path, work)


@contextmanager
def on_a_broker(url: str, tmp_path, work: Work) -> Iterator[None]:
    """A web node's forwarder, a broker, and a worker."""
    app = make_app(url)
    app.conf.broker_transport_options |= {"polling_interval": 0.01}
    add_stages(app, Stages(work.digest, work.deliver, work.act, job=lambda name: None), after_error=0.01)
    listener = Listener(tmp_path / "wake.sock")
    reader = SpoolReader(tmp_path / "spool.sqlite3")
    forwarder = Forwarder(listener, reader, Broker(app).digest, Patience(look_again=600.0))
    ended = threading.Event()
    with ExitStack() as parts:
        parts.callback(ended.set)
        parts.enter_context(start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=SOON))
        parts.callback(threading.Thread(target=lambda: ring_until(ended, Broker(app)), daemon=True).start)
        with in_a_thread(forwarder.run):
            yield
            forwarder.stop()
    listener.close()
    reader.close()
    app.close()


def ring_until(ended: threading.Event, broker: Broker) -> None:
    """A worker in a thread looks whether it is to stop after a message, or every two seconds, twice."""
    while not ended.wait(0.02):
        broker.touch("deliver")


@contextmanager
def in_a_thread(run: Callable[[], object]) -> Iterator[None]:
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join(SOON)
        assert not thread.is_alive()


ENGINES = {
    "embedded": embedded,
    "distributed": distributed,
    "on_redis": on_redis,
}
RUNS = [
    "embedded",
    "distributed",
    pytest.param("on_redis", marks=pytest.mark.needs("redis")),
]


@pytest.fixture(params=RUNS)
def run(request, tmp_path, settings):
    """Starts an engine with some work; a context manager."""
    with a_redis(tmp_path) if request.param == "on_redis" else nullcontext("memory://") as url:
        settings.TOCSIN = settings.TOCSIN.model_copy(update={"data": tmp_path, "broker_url": url})
        yield lambda work: ENGINES[request.param](tmp_path, work)


@pytest.fixture
def engine(run, request, settings) -> Engine:
    """What callers have of the same engine."""
    if request.node.callspec.params["run"] == "embedded":
        return Bell()
    return Broker(make_app(settings.TOCSIN.broker_url))


@pytest.fixture(autouse=True)
def _empty_broker():
    yield
    Transport.global_state.clear()
    Channel.queues.clear()


def accept(tmp_path, *event_ids: str) -> None:
    """The door keeps bodies."""
    connection = spooling._open(tmp_path / "spool.sqlite3")
    spooling._insert(
        connection, [(1, NOW.timestamp(), "envelope", "", one, "", b"\xff\x00body") for one in event_ids]
    )
    connection.close()


def test_what_the_door_kept_is_digested_once_it_is_put(run, engine, tmp_path):
    work = Work()
    with run(work):
        accept(tmp_path, "a")
        engine.put("digest")

        work.wait_until(lambda: work.ids == ["a"])


def test_what_was_kept_before_the_start_is_digested_without_being_put(run, tmp_path):
    accept(tmp_path, "a", "b")
    work = Work()

    with run(work):
        work.wait_until(lambda: work.ids == ["a", "b"])


def test_a_stage_gets_batches_in_the_order_of_arrival(run, tmp_path):
    ids = [f"{number:03}" for number in range(250)]
    accept(tmp_path, *ids)
    work = Work()

    with run(work):
        work.wait_until(lambda: len(work.ids) == 250)

    assert work.ids == ids
    assert [len(batch) for batch in work.batches] == [100, 100, 50]


def test_bodies_arrive_as_the_bytes_they_are(run, tmp_path):
    bodies = []
    work = Work()
    remember = work.digest
    work.digest = lambda batch: (bodies.extend(batch), remember(batch))
    accept(tmp_path, "a")

    with run(work):
        work.wait_until(lambda: work.ids == ["a"])

    assert bodies[0].body == b"\xff\x00body"
    assert bodies[0].received == NOW.timestamp()


def test_deliveries_are_sent_once_they_are_put(run, engine):
    work = Work()
    with run(work):
        before = work.turns["deliver"]
        engine.put("deliver")

        work.wait_until(lambda: work.turns["deliver"] > before)


def test_what_people_pressed_is_done_once_it_is_put(run, engine):
    work = Work()
    with run(work):
        before = work.turns["act"]
        engine.put("act")

        work.wait_until(lambda: work.turns["act"] > before)


@pytest.mark.parametrize("stage", ["digest", "deliver"])
def test_a_stage_that_is_touched_takes_a_turn_without_any_work(run, engine, stage):
    work = Work()
    with run(work):
        before = work.turns[stage]
        engine.touch(stage)

        work.wait_until(lambda: work.turns[stage] > before)

    assert work.ids == []


def test_a_digest_that_fails_is_run_again_and_loses_nothing(run, tmp_path):
    accept(tmp_path, "a")
    work = Work()
    work.failures = 3

    with run(work):
        work.wait_until(lambda: work.ids == ["a"])


def test_a_sender_that_fails_is_run_again(run, engine):
    work = Work()
    work.failures = 3

    with run(work):
        engine.put("deliver")
        work.wait_until(lambda: work.turns["deliver"] > 0)


def test_an_engine_that_stops_finishes_what_it_has_begun(run, engine, tmp_path):
    accept(tmp_path, "a")
    work = Work()
    work.gate.clear()

    with run(work):
        engine.put("digest")
        assert work.begun.acquire(timeout=SOON)
        threading.Timer(0.05, work.gate.set).start()

    assert work.ids == ["a"]


def test_what_is_put_while_nobody_runs_fails_nobody(engine):
    for stage in ("digest", "deliver"):
        engine.put(stage)
        engine.touch(stage)

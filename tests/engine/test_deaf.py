"""A worker that no longer listens to Redis is told from one that is busy, idle or cut off, and ends."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from kombu import pools
from tests.real_parts.servers import Redis, a_redis_server

from tocsin.engine.celery import App, Broker, make_app
from tocsin.engine.deaf import Hearing, _waits

WITHIN = 60


def looks(*seen: tuple[bool, bool, int]) -> list[bool]:
    """Looks 5 s apart at (something waits, it works, it has taken so many), judged deaf after 10 s."""
    hearing = Hearing(deaf_after=10)
    return [
        hearing.is_deaf(waits=waits, works=works, taken=taken, at=5.0 * number)
        for number, (waits, works, taken) in enumerate(seen)
    ]


def test_who_leaves_it_waiting_does_nothing_and_takes_nothing_is_deaf_when_the_time_is_up():
    assert looks(*[(True, False, 0)] * 3) == [False, False, True]


@pytest.mark.parametrize(
    "between",
    [(False, False, 0), (True, True, 0), (True, False, 1)],
    ids=["nothing waits", "it works", "it has taken one"],
)
def test_whoever_hears_begins_anew(between):
    assert looks((True, False, 0), (True, False, 0), between, (True, False, between[2])) == [False] * 4


@pytest.fixture
def server(tmp_path) -> Iterator[Redis]:
    with a_redis_server(tmp_path) as found:
        yield found


@pytest.fixture
def app(server) -> Iterator[App]:
    made = make_app(server.url)
    yield made
    pools.reset()
    made.redis.connection_pool.disconnect()


class Away:
    def llen(self, _: str) -> int:
        raise ConnectionError("refused")


def test_a_redis_that_is_away_is_no_deafness():
    assert not _waits(Away(), ["tocsin.deliver"])


WORKER = """
import os
import sys
from celery import signals
from tocsin.engine.celery import Stages, add_stages, make_app
from tocsin.engine.deaf import Attendant

url, is_deaf = sys.argv[1], sys.argv[2] == "deaf"
app, queues = make_app(url), ["tocsin.deliver"]
add_stages(app, Stages(print, lambda: os.write(1, b"heard\\n"), print, print))
attendant = Attendant(app, queues, deaf_after=1, look_every=0.2)
attendant.attend()
if is_deaf:
    signals.worker_ready.connect(lambda sender, **_: sender.cancel_task_queue("tocsin.deliver"), weak=False)
worker = app.Worker(queues=queues, concurrency=1, pool="prefork", quiet=True, loglevel="ERROR",
    without_gossip=True, without_mingle=True, without_heartbeat=True)
worker.start()
sys.exit(1 if attendant.found_deaf else 0)
"""


@pytest.mark.needs("redis")
def test_a_deaf_worker_ends_and_the_next_one_hears(app, server):
    deaf = a_worker(server.url, "deaf")
    keep_touching(app, until=deaf)
    assert deaf.wait(WITHIN) == 1
    said = deaf.communicate()

    hearing = a_worker(server.url, "hearing")
    assert hearing.stdout
    heard = hearing.stdout.readline()
    hearing.terminate()

    assert ("has stopped listening" in said[1], heard) == (True, "heard\n")
    assert hearing.wait(WITHIN) == 0
    hearing.communicate()


def a_worker(url: str, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, url, how],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        text=True,
    )


def keep_touching(app: App, until: subprocess.Popen[str]) -> None:
    """Wakes as the schedule brings them; the deaf one takes those of before it stopped listening."""
    broker = Broker(app)
    for _ in range(WITHIN * 5):
        broker.touch("deliver")
        try:
            until.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
        return

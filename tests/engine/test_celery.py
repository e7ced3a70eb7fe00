"""Wakes carry nothing: while no worker takes them off, so many wait and no more, on a real Redis."""

import json
from collections.abc import Iterator

import pytest
from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import schedule
from kombu import pools
from tests.real_parts.servers import a_redis

from tocsin.engine import celery
from tocsin.engine.celery import App, Broker, make_app

pytestmark = pytest.mark.needs("redis")


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> Iterator[str]:
    with a_redis(tmp_path_factory.mktemp("redis")) as found:
        yield found


@pytest.fixture
def app(url, monkeypatch) -> Iterator[App]:
    monkeypatch.setattr(celery, "MOST_WAKES", 5)
    made = make_app(url)
    made.redis.delete("tocsin.digest", "tocsin.deliver", "tocsin.schedule", "{tocsin}.batches", "{tocsin}.due")
    yield made
    pools.reset()
    made.redis.connection_pool.disconnect()


@pytest.mark.parametrize("stage", ["digest", "deliver"])
def test_of_wakes_that_nobody_takes_so_many_wait_and_no_more(app, stage):
    broker = Broker(app)

    for _ in range(12):
        broker.touch(stage)

    assert app.redis.llen(f"tocsin.{stage}") == 5


def test_what_is_scheduled_piles_up_no_higher_and_the_latest_stays(app):
    ticking = Scheduler(app=app)

    for number in range(12):
        ticking.apply_async(an_entry(app, f"job {number}"), advance=False)

    waiting = [json.loads(message)["headers"]["argsrepr"] for message in app.redis.lrange("tocsin.schedule", 0, -1)]
    assert waiting == [f"['job {number}']" for number in (11, 10, 9, 8, 7)]


def an_entry(app: App, job: str) -> ScheduleEntry:
    options = {"queue": "tocsin.schedule", "retry": False}
    return ScheduleEntry(name=job, task="tocsin.job", schedule=schedule(1), args=[job], options=options, app=app)


def test_events_are_no_wakes_and_are_all_kept(app):
    broker = Broker(app)

    for _ in range(12):
        broker.digest([])

    assert app.redis.hlen("{tocsin}.batches") == 12


def test_fewer_wakes_all_wait(app):
    broker = Broker(app)

    for _ in range(3):
        broker.touch("deliver")

    assert app.redis.llen("tocsin.deliver") == 3

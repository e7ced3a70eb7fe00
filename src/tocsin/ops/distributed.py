"""The engine of many machines, wired: what a worker's stages are, who ticks, what a web node forwards."""

import asyncio
import logging
import signal
import socket
import sys
import uuid
import warnings
from collections.abc import Sequence
from functools import cache

import uvloop
from celery import signals
from celery.beat import Scheduler, Service
from celery.platforms import SecurityWarning
from django.db import connections

from tocsin.engine.celery import Broker, Stages, add_stages, is_redis, make_app
from tocsin.engine.deaf import Attendant
from tocsin.engine.drain import Drain
from tocsin.engine.embedded import Sender
from tocsin.engine.forward import Forwarder
from tocsin.engine.port import put
from tocsin.engine.spool import Accepted, SpoolReader
from tocsin.engine.wake import Listener
from tocsin.ops.collector import collect_rarely
from tocsin.ops.settings import Settings
from tocsin.pipeline import chat_actions, clock, deliver, heartbeat, schedule, spooled
from tocsin.pipeline.flying import Flying
from tocsin.pipeline.outward import a_transport


def run_worker(settings: Settings, queues: Sequence[str], concurrency: int | None) -> int:
    """A Celery worker until it is told to stop; its exit code. SIGTERM lets each child finish what it has.

    Where it has stopped listening to Redis it ends with 1, see engine.deaf.
    """
    app = make_app(settings.broker_url)
    add_stages(app, Stages(_digest, _deliver, chat_actions.do_all, schedule.run_alone))
    signals.worker_process_init.connect(_in_child, weak=False)
    # That a worker of root could be made to unpickle something: nothing here is ever pickled.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    # Nothing here is sent with a delay; a queue that this worker does not take from need not be there yet.
    logging.getLogger("celery.worker.consumer.delayed_delivery").setLevel(logging.CRITICAL + 1)
    connections.close_all()  # a connection that two processes share breaks
    names = [f"tocsin.{name}" for name in queues]
    worker = app.Worker(
        # A second worker of one name would be refused its queue, and one that died would hold the name for a while.
        hostname=f"tocsin-{uuid.uuid4().hex[:8]}@{socket.gethostname()}",
        queues=names,
        concurrency=concurrency,
        pool="prefork",
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    attendant = Attendant(app, names)
    if is_redis(settings.broker_url):
        attendant.attend()
    worker.start()
    return 1 if attendant.found_deaf else int(worker.exitcode or 0)


def run_beat(settings: Settings) -> None:
    """Says when scheduled work is to be done, until told to stop. A second one does no harm: see run_alone."""
    app = make_app(settings.broker_url)
    app.conf.beat_schedule = {
        job.name: {
            "task": "tocsin.job",
            "schedule": job.every,
            "args": [job.name],
            "options": {"queue": "tocsin.schedule", "retry": False},
        }
        for job in schedule.SHARED_JOBS
    }
    connections.close_all()
    # In memory: when something last ran is not worth a file that two clocks could quarrel about.
    ticking = Service(app, max_interval=1, scheduler_cls=Scheduler)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ticking.stop())
    ticking.start()


def run_forwarder(settings: Settings) -> None:
    """Hands what the door spooled to the broker, until told to stop or until the door's process is gone."""
    connections.close_all()
    broker = Broker(make_app(settings.broker_url))
    listener = Listener(settings.wake_socket)
    forwarder = Forwarder(listener, SpoolReader(settings.spool), broker.digest)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: forwarder.stop())
    try:
        forwarder.run(parent=sys.stdin)
    finally:
        listener.close()


def _digest(batch: Sequence[Accepted]) -> None:
    """An empty batch only asks for the sign of life."""
    if batch and spooled.digest_delivered(batch):
        put("deliver")
    heartbeat.turned("digest")


def _deliver() -> None:
    """Sends what is due in this child's own loop, with the connections that it keeps."""
    runner, drain = _sending()
    if runner.run(drain.run()):
        put("deliver")
    heartbeat.turned("deliver")


@cache
def _sending() -> tuple[asyncio.Runner, Drain]:
    runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    # Open as long as the child lives: the services' connections stay warm from one task to the next.
    transport = runner.run(a_transport().__aenter__())
    flying = Flying()
    sender = Sender(
        turn=lambda tried, limit: deliver.turn(tried, limit, clock.now(), flying),
        send=lambda ready: deliver.send(ready, transport),
        record=lambda tried: deliver.record(tried, clock.now()),
        idle_for=lambda: deliver.idle_for(clock.now(), flying),
    )
    return runner, Drain(sender)


def _in_child(**_: object) -> None:
    logging.getLogger("celery").setLevel(logging.ERROR)
    sys.setswitchinterval(0.001)  # the loop and its outbox thread share one interpreter, see work.py
    collect_rarely()

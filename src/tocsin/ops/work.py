"""The worker process: the embedded engine with the stages in it, until it is told to stop."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from django.db import connections

from tocsin.engine.embedded import Embedded, Job, Sender
from tocsin.engine.spool import SpoolReader
from tocsin.engine.wake import Listener
from tocsin.ops.collector import collect_rarely
from tocsin.ops.settings import Settings
from tocsin.pipeline import chat_actions, clock, deliver, heartbeat, schedule, spooled
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.deliver import Ready, Tried, Unready
from tocsin.pipeline.flying import Flying
from tocsin.pipeline.outward import Transport, a_transport


def succeed(settings: Settings) -> None:
    """Takes over from a predecessor that died: on SQLite, whoever holds the lock of the data folder is the only
    sender. A PostgreSQL may have other nodes, whose leases must run out."""
    if not settings.database_url:
        schedule.succeed()
        connections.close_all()  # this thread does no more; each stage has a thread and a connection of its own


def leave(settings: Settings) -> None:
    """After an orderly stop: on SQLite nobody else is at work now, and nothing may look so. Of a PostgreSQL's other
    nodes each may be, and their signs are these same rows: there they grow old by themselves."""
    if not settings.database_url:
        heartbeat.stopped()


async def work(settings: Settings, under_parent: bool) -> None:
    # Four threads share one interpreter: the default of 5 ms would hand over to the sender's loop too late.
    sys.setswitchinterval(0.001)
    listener = Listener(settings.wake_socket)
    try:
        async with a_transport() as transport:
            engine = _engine(settings, listener, transport)
            loop = asyncio.get_running_loop()
            for name in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(name, engine.stop)
            if under_parent:
                loop.add_reader(sys.stdin.fileno(), _listen_for_the_end, loop, engine)
            catalogue()  # 40 ms that the first event need not wait for
            collect_rarely()
            await engine.run()
    finally:
        listener.close()


def _listen_for_the_end(loop: asyncio.AbstractEventLoop, engine: Embedded) -> None:
    """Standard input ended: the parent is gone, however it went."""
    if not os.read(sys.stdin.fileno(), 1):
        loop.remove_reader(sys.stdin.fileno())
        engine.stop()


def _engine(settings: Settings, listener: Listener, transport: Transport) -> Embedded:
    reader = SpoolReader(settings.spool)

    def digest_some() -> tuple[int, int]:
        done = spooled.digest_some(reader)
        heartbeat.turned("digest")
        return done.bodies, done.deliveries

    flying = Flying()

    def turn(tried: Sequence[Tried], limit: int) -> list[Ready | Unready]:
        claimed = deliver.turn(tried, limit, clock.now(), flying)
        heartbeat.turned("deliver")
        return claimed

    sender = Sender(
        turn=turn,
        send=lambda ready: deliver.send(ready, transport),
        record=lambda tried: deliver.record(tried, clock.now()),
        idle_for=lambda: deliver.idle_for(clock.now(), flying),
    )
    jobs = [Job(one.name, one.every, one.run) for one in schedule.JOBS]
    return Embedded(listener, digest_some, sender, jobs, act=chat_actions.do_all)

"""The stages on many machines: a broker carries batches of bodies and says that there is work; Celery runs them.

The database is the truth and the broker only wakes and carries: what it brings twice is done once, and what it
loses of its wakes is found by the schedule. Celery's own settings lose messages (taken off the queue before the
work, published without a confirmation), so they are set here and proven by kill -9 in tests/journeys.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Any

from celery import Celery
from celery.exceptions import Reject
from kombu.entity import Exchange, Queue

from tocsin.engine import wake, wire
from tocsin.engine.shelf import LEASE, MOST_TAKEN, Shelf
from tocsin.engine.spool import Accepted

log = logging.getLogger("tocsin.engine")

QUEUES = ("digest", "deliver", "schedule")
QUEUE_OF = {"act": "deliver"}  # who talks to people hears them
# A wake says no more than the one before it; a thousand waiting are 999 too many.
MOST_WAKES = 1_000
# How long a task tries while the database is away, before it puts its batch back and makes room: shorter than
# what a stopping worker waits for, longer than a restart of the database takes.
HOLD = 20.0
AFTER_ERROR = 1.0
# Then another task of the queue has its turn; what is still on the shelf has a wake of its own.
SHELF_WITHIN = 10.0
QUIET_AFTER_ERROR = 5.0


@dataclass(frozen=True, slots=True)
class Stages:
    """What a worker does: `digest` a batch of bodies, `deliver` what is due, `act` on what people pressed, run the
    scheduled `job` of a name.

    Each may raise what passes (the database is away) and is then run again.
    """

    digest: Callable[[Sequence[Accepted]], object]
    deliver: Callable[[], object]
    act: Callable[[], object]
    job: Callable[[str], object]


class App(Celery):  # type: ignore[misc]  # Celery has no types
    """Celery with a longest queue on Redis too, which has none of its own: whoever adds a wake takes off the oldest
    that are too many, as RabbitMQ does. All that waits in its queues is wakes; the bodies are on the shelf."""

    def send_task(self, name: str, args: Any = None, kwargs: Any = None, *, queue: str, **options: Any) -> Any:
        sent = super().send_task(name, args, kwargs, queue=queue, **options)
        if is_redis(self.conf.broker_url):
            self.redis.ltrim(queue, 0, MOST_WAKES - 1)  # the newest is the first
        return sent

    @cached_property
    def redis(self) -> Any:
        """The client of whoever puts and takes."""
        return self.a_redis()

    def a_redis(self) -> Any:
        """A client with a pool of its own, which finds back by itself."""
        return self.connection_for_write().channel().client


def make_app(url: str) -> App:
    """Celery as the product needs it, without tasks: enough to publish."""
    wire.teach()
    app = App("tocsin", broker=url, fixups=[], set_as_current=False)
    app.conf.update(
        task_queues=[_queue(name) for name in QUEUES],
        task_create_missing_queues=False,
        task_serializer=wire.NAME,
        accept_content=[wire.NAME],
        task_ignore_result=True,
        # Off the queue only when it is done; back on it when the worker dies with it.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_acks_on_failure_or_timeout=False,
        worker_prefetch_multiplier=2,
        # Each of these opens a queue that RabbitMQ 4 no longer likes, for remarks that nobody reads.
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_proc_alive_timeout=60.0,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=4,
        broker_heartbeat=10,
        broker_transport_options=_transport(url),
        result_expires=None,
        timezone="UTC",
    )
    return app


def _transport(url: str) -> dict[str, Any]:
    if is_redis(url):
        return {"visibility_timeout": LEASE, "socket_timeout": 10, "socket_connect_timeout": 4}
    return {"confirm_publish": True}


def is_redis(url: str) -> bool:
    """Also with TLS, over a socket, behind sentinels."""
    return url.startswith(("redis", "sentinel"))


def _queue(name: str) -> Queue:
    """A quorum queue: confirmed means on the disk of most nodes, or of the one there is."""
    arguments: dict[str, Any] = {"x-queue-type": "quorum"}
    if name == "digest":
        # RabbitMQ 4 gives up what 20 workers died of: it is kept, for a person to look at.
        arguments |= {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": DEAD.name}
    else:
        arguments |= {"x-max-length": MOST_WAKES}
    exchange = Exchange("tocsin", type="topic", durable=True)
    return Queue(f"tocsin.{name}", exchange, routing_key=name, queue_arguments=arguments)


DEAD = Queue("tocsin.digest.dead", Exchange(""), queue_arguments={"x-queue-type": "quorum"})


class Broker:
    """Puts work on the broker, from whichever process."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._quiet_until = 0.0
        self.shelf = Shelf(lambda: app.redis) if is_redis(app.conf.broker_url) else None

    def put(self, stage: str) -> None:
        """See port.Engine."""
        if stage == "digest":  # the bodies are in this node's spool, and its forwarder takes them from there
            wake.ring(stage)
        else:
            self.touch(stage)

    def touch(self, stage: str) -> None:
        """See port.Engine. While the broker is away nothing is tried for 5 s at a time: a page waits for nobody."""
        if monotonic() > self._quiet_until:
            try:
                self.send(QUEUE_OF.get(stage, stage), f"tocsin.{stage}", [[]] if stage == "digest" else [])
            except Exception as error:  # noqa: BLE001 — whatever a broker that is away raises
                self._quiet_until = monotonic() + QUIET_AFTER_ERROR
                log.warning("The broker was not told that there is work (%s); the schedule finds it.", error)

    def digest(self, batch: Sequence[Accepted]) -> None:
        """Hands bodies to whoever digests next; the broker has them once this returns. Raises while it is away."""
        bodies = [tuple(body) for body in batch]
        if self.shelf:
            self.shelf.put(wire.encode(bodies))
            self.touch("digest")
        else:
            self.send("digest", "tocsin.digest", [bodies], also=[DEAD])

    def send(self, queue: str, task: str, arguments: list[Any], also: Sequence[Queue] = ()) -> None:
        """Publishes once the queue and those that belong to it are there."""
        to = self._app.amqp.queues[f"tocsin.{queue}"]
        self._app.send_task(task, arguments, queue=to.name, declare=[to, *also], retry=False)


def add_stages(app: App, stages: Stages, *, hold: float = HOLD, after_error: float = AFTER_ERROR) -> None:
    """Gives a worker something to do."""
    broker = Broker(app)

    def digest(bodies: list[list[Any]]) -> None:
        if broker.shelf and not bodies:
            _digest_from(broker.shelf, lambda batch: _tried(lambda: stages.digest(batch), hold, after_error))
            return
        batch = read(bodies)
        keep_at(lambda: stages.digest(batch), lambda: broker.digest(batch))

    def deliver() -> None:
        keep_at(stages.deliver, lambda: broker.send("deliver", "tocsin.deliver", []))

    def act() -> None:
        keep_at(stages.act, lambda: broker.send("deliver", "tocsin.act", []))

    def job(name: str) -> None:
        stages.job(name)

    def keep_at(run: Callable[[], object], put_back: Callable[[], None]) -> None:
        if not _tried(run, hold, after_error):
            try:
                put_back()
            except Exception:
                log.exception("The broker is away too; what was not done stays on its queue.")
                raise Reject("not done", requeue=True) from None

    for task in (digest, deliver, act, job):
        app.task(task, name=f"tocsin.{task.__name__}", shared=False)


def read(bodies: Sequence[Sequence[Any]]) -> list[Accepted]:
    return [Accepted(*body) for body in bodies]


def _digest_from(shelf: Shelf, is_done: Callable[[Sequence[Accepted]], bool]) -> None:
    """Batch by batch until none waits; an empty one, which only asks for the sign of life, where none did."""
    until = monotonic() + SHELF_WITHIN
    lent = shelf.take()
    if lent is None:
        is_done([])
    while lent:
        if lent.content is None:
            log.error("Batch %s of events is put aside: %d workers did not finish it.", lent.id, MOST_TAKEN)
        elif is_done(read(wire.decode(lent.content))):
            shelf.forget(lent)
        else:
            shelf.give_back(lent)
            return
        lent = shelf.take() if monotonic() < until else None


def _tried(run: Callable[[], object], hold: float, after_error: float) -> bool:
    """Whether it was done within `hold` seconds, tried again after each error."""
    until = monotonic() + hold
    while True:
        try:
            run()
        except Exception:
            log.exception("A stage failed; it is tried again.")
            if monotonic() + after_error > until:
                return False
            threading.Event().wait(after_error)
        else:
            return True

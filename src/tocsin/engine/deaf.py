"""A worker that has stopped listening: Redis holds wakes for it, it does nothing, and it takes none.

Celery's worker does not always listen again after its Redis was restarted. It can't say so itself, so a thread
beside it looks at what waits. One that is started anew listens, so it ends; whatever supervises it does the rest.
"""

import logging
import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from celery import signals
from celery.worker import state

from tocsin.engine.celery import HOLD, App

log = logging.getLogger("tocsin.engine")

# Seconds: longer than the pause that Celery makes between two tries to reach a Redis that is away (up to 32).
DEAF_AFTER = 60.0
LOOK_EVERY = 5.0
# What it is given to end by itself: a task may hold on to its batch for HOLD.
ENDS_WITHIN = 3 * HOLD


@dataclass(slots=True)
class Hearing:
    """Judges by looks, `at` seconds of a clock that only goes forward: deaf is who at each look of `deaf_after`
    seconds left something waiting, did nothing and took nothing."""

    deaf_after: float
    since: float | None = None
    taken: int = 0

    def is_deaf(self, *, waits: bool, works: bool, taken: int, at: float) -> bool:
        """`taken` is how many wakes it has taken altogether."""
        if not waits or works or taken != self.taken:
            self.since, self.taken = None, taken
            return False
        if self.since is None:
            self.since = at
        return at - self.since >= self.deaf_after


class Attendant:
    """Looks after the worker of this process, once it is ready, and ends it when it is deaf."""

    def __init__(
        self, app: App, queues: Sequence[str], *, deaf_after: float = DEAF_AFTER, look_every: float = LOOK_EVERY
    ) -> None:
        self.found_deaf = False
        self._client = app.a_redis
        self._queues = queues
        self._hearing = Hearing(deaf_after)
        self._look_every = look_every
        self._taken = 0
        self._stopping = threading.Event()
        self._asked: Any = None

    def attend(self) -> None:
        """To be called before the worker starts."""
        signals.task_received.connect(self._count, weak=False)
        signals.worker_ready.connect(self._begin, weak=False)
        signals.worker_shutting_down.connect(self._stop, weak=False)

    def _count(self, **_: object) -> None:
        self._taken += 1

    def _begin(self, **_: object) -> None:
        threading.Thread(target=self._keep_looking, name="attendant", daemon=True).start()

    def _stop(self, **_: object) -> None:
        self._stopping.set()  # it takes nothing any more, as it should

    def _keep_looking(self) -> None:
        # A client of its own: a child that is forked meanwhile would inherit the lock of a shared one, held.
        while not self._is_deaf():
            if self._stopping.wait(self._look_every):
                return
        self.found_deaf = True
        log.error("This worker has stopped listening to Redis. It ends, to be started anew.")
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(ENDS_WITHIN)
        log.error("It did not end by itself; it is ended.")
        os._exit(1)

    def _is_deaf(self) -> bool:
        waits = self._anything_waits()
        return self._hearing.is_deaf(
            waits=waits, works=bool(state.active_requests), taken=self._taken, at=monotonic()
        )

    def _anything_waits(self) -> bool:
        """A client of its own, made while Redis answers: one that could not be made ended the watch for ever."""
        try:
            if self._asked is None:
                self._asked = self._client()
        except Exception:  # noqa: BLE001 — Redis is away: then it's not the worker
            return False
        return _waits(self._asked, self._queues)


def _waits(client: Any, queues: Sequence[str]) -> bool:
    try:
        return any(client.llen(queue) for queue in queues)
    except Exception:  # noqa: BLE001 — as above
        return False

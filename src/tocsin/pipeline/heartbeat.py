"""Heartbeat: each loop of a worker says that it completed a turn, through the very loop that would be stuck."""

import logging
from time import monotonic

from django.db import DatabaseError

from tocsin.engine.port import engine
from tocsin.pipeline import clock
from tocsin.store.db import one_transaction
from tocsin.store.writes import heartbeats

log = logging.getLogger("tocsin.heartbeat")

BEAT_EVERY = 2.0
_last: dict[str, float] = {}


def ask() -> None:
    """Lets each loop take a turn, and so report; a scheduled job, each BEAT_EVERY seconds."""
    for stage in ("digest", "deliver"):
        engine().touch(stage)


def turned(loop: str) -> None:
    """To be called after each turn that came to its end: written at most each BEAT_EVERY seconds.

    Never fails: a sender that stumbled here would forget what it has just claimed.
    """
    at = monotonic()
    if at - _last.get(loop, -BEAT_EVERY) < BEAT_EVERY * 0.75:  # a ring that comes a little early counts
        return
    try:
        with one_transaction():
            heartbeats.beat(loop, clock.now())
    except DatabaseError:
        log.warning("The loop %s could not report that it is at work.", loop, exc_info=True)
    else:
        _last[loop] = at


def stopped() -> None:
    """To be called when the only worker there is has stopped in order: no sign of it may look like life.

    Never fails: the signs are old by themselves in a few seconds.
    """
    _last.clear()
    try:
        with one_transaction():
            heartbeats.end()
    except DatabaseError:
        log.warning("The worker has stopped, and could not take its signs of life along.", exc_info=True)

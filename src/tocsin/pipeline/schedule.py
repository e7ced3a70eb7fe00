"""Schedule: what happens by the clock. Each job is idempotent and small; the engine runs them."""

from collections.abc import Callable
from dataclasses import dataclass

from tocsin.core.backoff import MESSAGES
from tocsin.engine import wake as bell
from tocsin.pipeline import clock, command, heartbeat
from tocsin.pipeline.retention import forget_old
from tocsin.store.db import one_transaction
from tocsin.store.writes import outbox


@dataclass(frozen=True, slots=True)
class Scheduled:
    name: str
    every: float  # seconds
    run: Callable[[], object]


def reclaim_leases() -> int:
    """Takes up deliveries whose sender died with them."""
    with one_transaction():
        found = outbox.reclaim(clock.now(), MESSAGES.tries)
    if found:
        bell.ring("deliver")
    return found


JOBS = (
    Scheduled("signs of life", heartbeat.BEAT_EVERY, heartbeat.ask),
    Scheduled("reclaim leases", 5, reclaim_leases),
    Scheduled("new and regressed issues settle", 600, command.settle),
    Scheduled("forget what is old", 600, forget_old),
)

"""Schedule: what happens by the clock. Each job is idempotent and small; the engine runs them."""

from collections.abc import Callable
from dataclasses import dataclass

from tocsin.core.backoff import MESSAGES
from tocsin.engine.port import put
from tocsin.pipeline import auto_resolve, awaken, clock, command, deliver, heartbeat, pending
from tocsin.pipeline.retention import forget_old
from tocsin.store.db import alone, one_transaction
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
        put("deliver")
    return found


def announce_due() -> bool:
    """Says that deliveries are due where nothing else does: a wake was lost, a retry's time has come."""
    is_due = deliver.idle_for(clock.now()) <= 0
    if is_due:
        put("deliver")
    return is_due


def run_alone(name: str) -> None:
    """Runs the job of a name, unless another node is at it."""
    job = next(job for job in SHARED_JOBS if job.name == name)
    with alone(name) as mine:
        if mine:
            job.run()


JOBS = (
    Scheduled("signs of life", heartbeat.BEAT_EVERY, heartbeat.ask),
    Scheduled("reclaim leases", 5, reclaim_leases),
    Scheduled("rules that waited are asked again", 5, pending.ask_again),
    Scheduled("new and regressed issues settle", 600, command.settle),
    Scheduled("archived until now", 30, awaken.by_the_clock),
    Scheduled("resolve by age", 3600, auto_resolve.resolve_old),
    Scheduled("forget what is old", 600, forget_old),
)
# With a broker the senders look only when they are told to; a second is what a retry may be late.
SHARED_JOBS = (*JOBS, Scheduled("announce what is due", 1, announce_due))

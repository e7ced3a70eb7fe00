"""Schedule: what happens by the clock. Each job is idempotent and small; the engine runs them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError

from tocsin.core.backoff import MESSAGES
from tocsin.engine.port import put
from tocsin.pipeline import (
    auto_resolve,
    awaken,
    channel_listing,
    chat,
    chat_actions,
    clock,
    command,
    deliver,
    heartbeat,
    neglect,
    pending,
    quota,
    renew,
    reports,
    revisit,
    roll_call,
    rule_saving,
    rule_snooze,
)
from tocsin.pipeline.retention import forget_old
from tocsin.store.db import alone, one_transaction
from tocsin.store.writes import leases, outbox

log = logging.getLogger("tocsin.schedule")

# A lease that ends now is over a moment later.
TICK = timedelta(microseconds=1)


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


def succeed() -> int:
    """Takes up at once what a dead predecessor was sending; how many.

    For the start of a sender that is the only one there can be, and before it claims anything. Never fails: a
    lease that is not ended here runs out.
    """
    try:
        with one_transaction():
            leases.end_senders(now := clock.now())
            return outbox.reclaim(now + TICK, MESSAGES.tries)
    except DatabaseError:
        log.warning("What the last sender had begun is taken up when its leases run out.", exc_info=True)
        return 0


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
    Scheduled("snoozes of rules end", 30, rule_snooze.end_by_clock),
    Scheduled("rules are asked again as time passes", revisit.EVERY, revisit.ask_by_the_clock),
    Scheduled("new and regressed issues settle", 600, command.settle),
    Scheduled("archived until now", 30, awaken.by_the_clock),
    Scheduled("resolve by age", 3600, auto_resolve.resolve_old),
    Scheduled("weekly reports", 600, reports.send_due),
    Scheduled("tokens are renewed", 60, renew.renew_due),
    Scheduled("people are offered to link accounts", roll_call.EVERY, roll_call.go_on),
    Scheduled("rules wait for their channels", 2, rule_saving.finish_due),
    Scheduled("channels are listed", 2, channel_listing.list_due),
    Scheduled("rules that do not fire", neglect.EVERY, neglect.look),
    Scheduled("limits that were reached", 60, quota.tell_due),
    Scheduled("forget what is old", 600, forget_old),
    Scheduled("forget used requests", 600, lambda: chat.forget(clock.now())),
    Scheduled("forget rules that waited", 3600, lambda: rule_saving.forget(clock.now())),
)
# With a broker the senders look only when they are told to; a second is what a retry may be late.
SHARED_JOBS = (
    *JOBS,
    Scheduled("announce what is due", 1, announce_due),
    Scheduled("what people pressed is done", 5, chat_actions.do_all),
)

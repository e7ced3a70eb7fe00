"""Schedule: what happens by the clock. Each job is idempotent and small; the engine runs them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from tocsin.core.backoff import MESSAGES
from tocsin.engine import wake as bell
from tocsin.pipeline import clock
from tocsin.store.db import one_transaction
from tocsin.store.models import Event, EventSeen, IssueMinute, RejectedBody
from tocsin.store.writes import outbox

EVENTS_KEPT = timedelta(days=90)
IDS_KEPT_DAYS = 8  # SDKs and relays resend for a day or so; a week is generous
MINUTES_KEPT = timedelta(days=35)
ROWS_AT_ONCE = 5_000
# With a run each ten minutes that forgets 830 rows of each kind a second.
ROWS_A_RUN = 500_000


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


def forget_old() -> int:
    """Drops what is past its retention, a bounded number of rows in each transaction and in all."""
    now = clock.now()
    return sum(
        [
            _drop(Event.objects.filter(received__lt=now - EVENTS_KEPT)),
            _drop(EventSeen.objects.filter(day__lt=_day(now) - IDS_KEPT_DAYS)),
            _drop(IssueMinute.objects.filter(minute__lt=int((now - MINUTES_KEPT).timestamp()) // 60)),
            _drop(RejectedBody.objects.filter(received__lt=now - EVENTS_KEPT)),
            _drop(Session.objects.filter(expire_date__lt=now)),
        ]
    )


def _drop(old: QuerySet[Any]) -> int:
    dropped = 0
    while dropped < ROWS_A_RUN:
        # Looked for outside the transaction: where nothing is old, that is a scan which would hold up the digest.
        keys = list(old.values_list("pk", flat=True)[:ROWS_AT_ONCE])
        if keys:
            with one_transaction():
                old.model._default_manager.filter(pk__in=keys).delete()  # noqa: SLF001
        dropped += len(keys)
        if len(keys) < ROWS_AT_ONCE:
            break
    return dropped


def _day(now: datetime) -> int:
    return int(now.timestamp()) // 86_400


JOBS = (
    Scheduled("reclaim leases", 5, reclaim_leases),
    Scheduled("forget what is old", 600, forget_old),
)

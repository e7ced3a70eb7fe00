"""Schedule: what happens by the clock. Each job is idempotent and small; the engine runs them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from tocsin.engine import wake as bell
from tocsin.pipeline import clock
from tocsin.store.db import one_transaction
from tocsin.store.models import Event, EventSeen, IssueMinute, RejectedBody
from tocsin.store.writes import outbox

EVENTS_KEPT = timedelta(days=90)
IDS_KEPT_DAYS = 8  # SDKs and relays resend for a day or so; a week is generous
MINUTES_KEPT = timedelta(days=35)
ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Scheduled:
    name: str
    every: float  # seconds
    run: Callable[[], object]


def reclaim_leases() -> int:
    """Takes up deliveries whose sender died with them."""
    with one_transaction():
        found = outbox.reclaim(clock.now())
    if found:
        bell.ring("deliver")
    return found


def forget_old() -> int:
    """Drops what is past its retention, a bounded number of rows at a time."""
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


def _drop(found: "object") -> int:
    with one_transaction():
        keys = list(found.values_list("pk", flat=True)[:ROWS_AT_ONCE])  # type: ignore[attr-defined]
        return found.model.objects.filter(pk__in=keys).delete()[0]  # type: ignore[attr-defined, no-any-return]


def _day(now: datetime) -> int:
    return int(now.timestamp()) // 86_400


JOBS = (
    Scheduled("reclaim leases", 5, reclaim_leases),
    Scheduled("forget what is old", 600, forget_old),
)

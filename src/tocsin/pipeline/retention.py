"""Retention: what is past its age, or too much, is forgotten, in pieces so small that nobody waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from tocsin.core.windows import KEPT
from tocsin.pipeline import clock
from tocsin.store.db import one_transaction
from tocsin.store.models import (
    Counted,
    Event,
    EventSeen,
    IssueMinute,
    Refused,
    RejectedBody,
    RuleHour,
    SessionMinute,
)
from tocsin.store.queries import retention as queries
from tocsin.store.writes import retention as writes

IDS_KEPT_DAYS = 8  # SDKs and relays resend for a day or so; a week is generous
MINUTES_KEPT = timedelta(days=62)  # thirty days, compared with thirty days before
SESSIONS_KEPT = timedelta(days=2)
HOURS_KEPT = timedelta(days=90)  # what was held back of rules: as far as their pages look back
ROWS_AT_ONCE = 5_000
ROWS_A_COMMIT = 500  # of some 4 kB each, for an event; the digest waits while they go
# With what hangs on them: deliveries, tries, references. The digest waits 0.1 s for them on a SQLite file of 2 GB.
NOTIFICATIONS_AT_ONCE = 500
# With a run each ten minutes that forgets 830 rows of each kind a second.
ROWS_A_RUN = 500_000
NOTIFICATIONS_A_RUN = 100_000


def forget_old() -> int:
    """Drops what is past its retention, a bounded number of rows in each transaction and in all."""
    now, kept = clock.now(), settings.TOCSIN
    events = now - timedelta(days=kept.keep_events_days)
    return sum(
        [
            _drop(Event.objects.filter(received__lt=events)),
            _drop_beyond(kept.keep_events_mb * 1_000_000),
            _drop(EventSeen.objects.filter(day__lt=int(now.timestamp()) // 86_400 - IDS_KEPT_DAYS)),
            _drop(IssueMinute.objects.filter(minute__lt=int((now - MINUTES_KEPT).timestamp()) // 60)),
            _drop(Refused.objects.filter(day__lt=(now - MINUTES_KEPT).date())),
            _drop(SessionMinute.objects.filter(minute__lt=int((now - SESSIONS_KEPT).timestamp()) // 60)),
            *(_drop(_counted(name, int(now.timestamp()) - kept_for)) for name, kept_for in KEPT.items()),
            _drop(RuleHour.objects.filter(hour__lt=int((now - HOURS_KEPT).timestamp()) // 3600)),
            _drop(RejectedBody.objects.filter(received__lt=events)),
            _drop(Session.objects.filter(expire_date__lt=now)),
            _forget_tries(_before(now, kept.keep_attempts_days, kept.keep_attempts_mb, queries.tries_kept_from)),
            _forget_notifications(
                _before(
                    now,
                    kept.keep_notifications_days,
                    kept.keep_notifications_mb,
                    queries.notifications_kept_from,
                )
            ),
        ]
    )


def _before(now: datetime, days: int, megabytes: int, kept_from: Callable[[int], datetime | None]) -> datetime:
    """What is older is forgotten: past its age, or beyond what may be kept of its kind."""
    by_age = now - timedelta(days=days)
    by_size = kept_from(megabytes * 1_000_000) if megabytes else None
    return max(by_age, by_size) if by_size else by_age


def _counted(series: str, before: int) -> QuerySet[Counted]:
    """The counts of a kind of series that no rule can ask for any more."""
    return Counted.objects.filter(series__startswith=series, second__lt=before)


def _drop(old: QuerySet[Any], most: int = ROWS_A_RUN) -> int:
    dropped = 0
    while dropped < most:
        # Looked for outside the transaction: where nothing is old, that is a scan which would hold up the digest.
        keys = list(old.values_list("pk", flat=True)[: min(ROWS_AT_ONCE, most - dropped)])
        for first in range(0, len(keys), ROWS_A_COMMIT):
            with one_transaction():
                old.model._default_manager.filter(pk__in=keys[first : first + ROWS_A_COMMIT]).delete()  # noqa: SLF001
        dropped += len(keys)
        if len(keys) < ROWS_AT_ONCE:
            break
    return dropped


def _drop_beyond(most_bytes: int) -> int:
    """The oldest events, until what is kept of them is about as much as it may be."""
    too_many = queries.events_beyond(most_bytes) if most_bytes else 0
    return _drop(Event.objects.order_by("received"), min(too_many, ROWS_A_RUN)) if too_many else 0


def _forget_tries(before: datetime) -> int:
    """Single tries of deliveries that have ended; the delivery keeps how it ended."""
    forgotten = after = 0
    while forgotten < ROWS_A_RUN:
        found = queries.old_tries(before, after, ROWS_AT_ONCE)
        if found.ended:
            with one_transaction():
                writes.forget_tries(found.ended)
        forgotten, after = forgotten + len(found.ended), found.last
        if not found.more:
            break
    return forgotten


def _forget_notifications(before: datetime) -> int:
    """Whole notifications with their deliveries, so that the books hold for what is left."""
    forgotten = 0
    for organization_id in queries.organizations():
        while forgotten < NOTIFICATIONS_A_RUN:
            ids = queries.old_notifications(organization_id, before, NOTIFICATIONS_AT_ONCE)
            if ids:
                with one_transaction():
                    writes.forget_notifications(ids)
            forgotten += len(ids)
            if len(ids) < NOTIFICATIONS_AT_ONCE:
                break
    return forgotten

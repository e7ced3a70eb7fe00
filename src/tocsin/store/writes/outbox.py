"""Claims and records of the outbox: a few statements over many rows, which move only as core.delivery allows."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tocsin.core.delivery import State
from tocsin.store.db import execute_many, moment, rows
from tocsin.store.models import Delivery

# Spelled out, not passed in: SQLite uses the partial index only where it can see the same states.
_WAITING = "state IN ('queued', 'retrying', 'unknown')"


def claim(limit: int, now: datetime, lease_until: datetime, lease_by: str) -> list[int]:
    """The ids of up to `limit` due deliveries, leased to one claim; never one that another holds."""
    lock = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    sql = (
        "UPDATE store_delivery SET state = 'sending', lease_until = %s, lease_by = %s, "  # noqa: S608 — constants only
        "attempts = attempts + 1 WHERE id IN "
        f"(SELECT id FROM store_delivery WHERE {_WAITING} AND due <= %s ORDER BY due LIMIT %s{lock}) RETURNING id"
    )
    return [row[0] for row in rows(sql, [moment(lease_until), lease_by, moment(now), limit])]


def claim_one(organization_id: int, delivery_id: int, lease_until: datetime, lease_by: str) -> list[int]:
    """The same for one queued delivery of an organization, for whoever sends it while a person waits."""
    sql = (
        "UPDATE store_delivery SET state = 'sending', lease_until = %s, lease_by = %s, attempts = attempts + 1"
        " WHERE id = %s AND organization_id = %s AND state = 'queued' RETURNING id"
    )
    return [row[0] for row in rows(sql, [moment(lease_until), lease_by, delivery_id, organization_id])]


class Recorded(NamedTuple):
    """What came of one try: the delivery's new state and the attempt's own columns."""

    delivery_id: int
    lease_by: str
    state: str
    reason: str
    due: datetime | None
    done: datetime | None
    reference: str
    number: int
    outcome: str
    status: int
    excerpt: str
    started: datetime
    milliseconds: int
    why: str


def record(tries: Sequence[Recorded]) -> None:
    """Writes each attempt, and moves its delivery on if that is still leased to the same claim. Two statements.

    A try that came back after its lease had run out was made all the same: it stays in the ledger and moves
    nothing. One whose delivery was deleted meanwhile leaves nothing.
    """
    execute_many(
        "UPDATE store_delivery SET state = %s, reason = %s, due = %s, date_done = %s, reference = %s,"
        " lease_until = NULL, lease_by = '' WHERE id = %s AND state = 'sending' AND lease_by = %s",
        [
            (
                one.state,
                one.reason[:500],
                moment(one.due) if one.due else None,
                moment(one.done) if one.done else None,
                one.reference,
                one.delivery_id,
                one.lease_by,
            )
            for one in tries
        ],
    )
    execute_many(
        "INSERT INTO store_attempt (delivery_id, number, outcome, status, reason, excerpt, started, milliseconds)"
        " SELECT id, %s, %s, %s, %s, %s, %s, %s FROM store_delivery WHERE id = %s",
        [
            (
                one.number,
                one.outcome,
                one.status,
                one.why[:500],
                one.excerpt[:300],
                moment(one.started),
                one.milliseconds,
                one.delivery_id,
            )
            for one in tries
        ],
    )


LOST = "The sender stopped before it could record what came of the try. It may have arrived; it is tried again."


WITHOUT_END = "The sender stopped each time before it could record what came of the try. It may have arrived."


def reclaim(now: datetime, tries: int) -> int:
    """Deliveries whose sender died with them become claimable again; how many are not leased any more.

    One that has had all its tries is given up: what ends the sender each time must not do so for ever.
    """
    lost = Delivery.objects.filter(state=State.SENDING, lease_until__lt=now)
    given_up = lost.filter(attempts__gte=tries).update(
        state=State.DEAD, reason=WITHOUT_END, due=None, date_done=now, lease_until=None, lease_by=""
    )
    return given_up + lost.update(state=State.UNKNOWN, reason=LOST, due=now, lease_until=None, lease_by="")


def requeue(organization_id: int, delivery_ids: Sequence[int], now: datetime) -> list[int]:
    """Failed and dead deliveries of an organization, queued again with fresh tries; the ids that moved."""
    ended = Delivery.objects.filter(
        organization_id=organization_id, pk__in=delivery_ids, state__in=[State.FAILED, State.DEAD]
    )
    moving = list(ended.values_list("id", flat=True))
    Delivery.objects.filter(pk__in=moving).update(
        state=State.QUEUED, reason="", due=now, date_done=None, attempts=0
    )
    return moving

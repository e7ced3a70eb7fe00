"""Claims and records of the outbox: a few statements over many rows, which move only as core.delivery allows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from tocsin.core.delivery import HOLDABLE, REPLAYABLE, State, moved
from tocsin.store.db import (
    changed,
    execute,
    execute_many,
    given,
    greatest,
    ids_given,
    in_ids,
    moment,
    rows,
    rows_given,
    rows_together,
)
from tocsin.store.models import Attempt, Delivery, Lane
from tocsin.store.queries.outbox import NO_CROWD, Crowd
from tocsin.store.writes import lanes


def claim(limit: int, now: datetime, lease_until: datetime, lease_by: str, crowd: Crowd = NO_CROWD) -> list[int]:
    """The ids of up to `limit` due deliveries, the head of a lane each, leased to one claim; never one that
    another holds. The backlog is never scanned: lanes come from an index of what is ready, heads from one of what
    waits in a lane."""
    taken = lanes.take(limit, now, lease_until, lease_by, crowd)
    if not taken:
        return []
    head = (
        f"(SELECT id FROM store_delivery WHERE lane_id = lane.id AND {lanes.WAITING} AND due <= %s"  # noqa: S608
        " ORDER BY due, id LIMIT 1)"
    )
    found = rows_together(
        2,
        f"SELECT lane.id, {head} FROM store_lane AS lane WHERE lane.id {in_ids()}",  # noqa: S608
        [moment(now), ids_given(taken)],
    )
    heads = {delivery_id: lane_id for lane_id, delivery_id in found if delivery_id}
    claimed = _lease(list(heads), lease_until, lease_by) if heads else []
    with_head = {heads[delivery_id] for delivery_id in claimed}
    lanes.free([lane_id for lane_id in taken if lane_id not in with_head], lease_by)
    return claimed


def _lease(delivery_ids: Sequence[int], until: datetime, by: str) -> list[int]:
    """Leased, as far as nobody is at them: who restates one waits for lanes, perhaps ours."""
    sql = (
        "UPDATE store_delivery SET state = 'sending', lease_until = %s, lease_by = %s, attempts = attempts + 1"  # noqa: S608
        f" WHERE id IN (SELECT id FROM store_delivery WHERE id {in_ids()} AND {lanes.WAITING}"
        f"{lanes.unless_locked()})"
    )
    return changed(sql, [moment(until), by, ids_given(delivery_ids)], delivery_ids)


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
    doubtful: bool = False  # it may have arrived


def record(tries: Sequence[Recorded]) -> None:
    """Writes each attempt, and moves its delivery on if that is still leased to the same claim. Two statements.

    A try that came back after its lease had run out was made all the same: it stays in the ledger and moves
    nothing. One whose delivery was deleted meanwhile leaves nothing.
    """
    if not tries:
        return
    batch = given([_values(one) for one in tries])
    execute(
        "UPDATE store_delivery SET state = tried.state, reason = tried.reason, due = tried.due,"  # noqa: S608
        " date_done = tried.done, reference = tried.reference, doubtful = store_delivery.doubtful + tried.doubtful,"
        f" lease_until = NULL, lease_by = '' FROM {rows_given(**_MOVED)} AS tried"
        " WHERE store_delivery.id = tried.id AND store_delivery.lease_by = tried.lease_by"
        " AND store_delivery.state = 'sending'",
        [batch],
    )
    execute(
        "INSERT INTO store_attempt (delivery_id, number, outcome, status, reason, excerpt, started, milliseconds)"  # noqa: S608
        " SELECT tried.id, tried.number, tried.outcome, tried.status, tried.why, tried.excerpt, tried.started,"
        f" tried.milliseconds FROM {rows_given(**_MOVED, **_TRIED)} AS tried"
        # SQLite keeps the order of a cross join: the tries, then each one's delivery by its id.
        " CROSS JOIN store_delivery AS delivery WHERE delivery.id = tried.id",
        [batch],
    )


_MOVED = {
    "id": "bigint",
    "lease_by": "text",
    "state": "text",
    "reason": "text",
    "due": "timestamptz",
    "done": "timestamptz",
    "reference": "jsonb",
    "doubtful": "integer",
}
_TRIED = {
    "number": "integer",
    "outcome": "text",
    "status": "integer",
    "why": "text",
    "excerpt": "text",
    "started": "timestamptz",
    "milliseconds": "integer",
}


def _values(one: Recorded) -> tuple[Any, ...]:
    return (
        one.delivery_id,
        one.lease_by,
        moved(State.SENDING, one.state),
        one.reason[:500],
        moment(one.due) if one.due else None,
        moment(one.done) if one.done else None,
        one.reference,
        int(one.doubtful),
        one.number,
        one.outcome,
        one.status,
        one.why[:500],
        one.excerpt[:300],
        moment(one.started),
        one.milliseconds,
    )


_FLYING = "state = 'sending'"


def after(retried: Sequence[tuple[int, str, int, datetime]], what: str = lanes.WAITING) -> None:
    """A retried delivery keeps its place: what follows it in its conversation waits at least as long.

    Each is (lane, conversation, delivery, when it is due again).
    """
    execute_many(
        f"UPDATE store_delivery SET due = %s WHERE lane_id = %s AND conversation = %s AND id > %s"  # noqa: S608
        f" AND {what} AND due < %s",
        [(at := moment(due), lane, conversation, delivery, at) for lane, conversation, delivery, due in retried],
    )


LOST = "The sender stopped before it could record what came of the try. It may have arrived; it is tried again."
WITHOUT_END = "The sender stopped each time before it could record what came of the try. It may have arrived."


def reclaim(now: datetime, tries: int) -> int:
    """Deliveries whose sender died with them become claimable again; how many are not leased any more.

    The lost try is in the ledger. One that has had all its tries is given up: what ends the sender each time must
    not do so for ever. One whose integration says at most once is not repeated.
    """
    leased = Delivery.objects.filter(state=State.SENDING, lease_until__lt=now)
    # Another node may be at it: what it has locked is its own to take back.
    mine = leased.select_for_update(skip_locked=True, of=("self",))
    lost = list(mine.values_list("id", "attempts", "integration__at_most_once", "lane"))
    Attempt.objects.bulk_create(
        Attempt(delivery_id=pk, number=number, outcome="unknown", reason=LOST, started=now)
        for pk, number, _, _ in lost
    )
    ended = [pk for pk, number, once, _ in lost if once or number >= tries]
    again = [pk for pk, number, once, _ in lost if not (once or number >= tries)]
    freed = {"lease_until": None, "lease_by": "", "doubtful": F("doubtful") + 1}
    Delivery.objects.filter(pk__in=ended).update(
        state=State.DEAD, reason=WITHOUT_END, due=None, date_done=now, **freed
    )
    # Due as before: it keeps its place in its conversation.
    Delivery.objects.filter(pk__in=again).update(
        state=State.UNKNOWN, reason=LOST, due=Coalesce(F("due"), now), **freed
    )
    lanes.left_behind({lane for *_, lane in lost if lane}, now)
    return len(lost)


def hold(integration_id: int, reason: str) -> int:
    """The integration is broken: what waits for it is held, not burned; how many."""
    waiting = Delivery.objects.filter(integration_id=integration_id, state__in=HOLDABLE)
    held = waiting.update(state=State.HELD, reason=reason[:500], due=None)
    Lane.objects.filter(integration_id=integration_id).update(ready_at=None)
    return held


def release(integration_id: int, now: datetime) -> int:
    """The integration works again: what was held for it is queued; how many."""
    held = Delivery.objects.filter(integration_id=integration_id, state=State.HELD)
    released = _queue_again(held, now)
    lanes.open_again(integration_id)
    return len(released)


def requeue(organization_id: int, delivery_ids: Sequence[int], now: datetime) -> list[int]:
    """Failed and dead deliveries of an organization, queued again with fresh tries; the ids that moved."""
    ended = Delivery.objects.filter(organization_id=organization_id, pk__in=delivery_ids, state__in=REPLAYABLE)
    ended.update(attempts=0)
    moved = _queue_again(ended, now)
    lanes.look_again({lane for _, lane, _ in moved if lane})
    return [pk for pk, _, _ in moved]


def note_replay(delivery_ids: Sequence[int], by: str, now: datetime) -> None:
    """Between the tries of before and those that follow stands who had them sent again."""
    Attempt.objects.bulk_create(
        Attempt(delivery_id=pk, number=0, outcome="replayed", reason=f"Queued again by {by}."[:500], started=now)
        for pk in delivery_ids
    )


def _queue_again(stopped: QuerySet[Delivery], now: datetime) -> list[tuple[int, int | None, str]]:
    """Queues deliveries, each in its place: after what its conversation still retries, before what came later.

    Each that moved, as (delivery, lane, conversation), oldest first.
    """
    columns = stopped.select_for_update().order_by("id").values_list("id", "lane_id", "conversation")
    moving: list[tuple[int, int | None, str]] = list(columns)
    earlier = (
        "(SELECT max(earlier.due) FROM store_delivery AS earlier WHERE earlier.lane_id = store_delivery.lane_id"
        " AND earlier.conversation = store_delivery.conversation AND earlier.id < store_delivery.id"
        " AND earlier.state IN ('retrying', 'unknown'))"
    )
    execute_many(
        "UPDATE store_delivery SET state = 'queued', reason = '', date_done = NULL,"  # noqa: S608 — constants only
        f" due = {greatest('%s', f'coalesce({earlier}, %s)')} WHERE id = %s",
        [(at := moment(now), at, pk) for pk, _, _ in moving],
    )
    first = {(lane, conversation): pk for pk, lane, conversation in reversed(moving) if lane}
    replayed = [(lane or 0, conversation, pk, now) for (lane, conversation), pk in first.items()]
    after(replayed)
    after(replayed, _FLYING)  # one that is lost comes back with the due moment that it has
    return moving

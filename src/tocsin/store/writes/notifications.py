"""What was decided, written in the transaction that decided it: notifications, their deliveries, firings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tocsin.core.delivery import State
from tocsin.store.db import aware, execute_many, moment, places, rows, values
from tocsin.store.writes import lanes


class NotificationRow(NamedTuple):
    """JSON columns are texts; `uuid` names the row for the deliveries that belong to it."""

    organization_id: int
    project_id: int | None
    issue_id: int | None
    uuid: str
    kind: str
    category: str
    event_id: str
    facts: str
    trace: str
    date_added: datetime


class DeliveryRow(NamedTuple):
    """A destination of a notification, queued for `due`, or recorded as held or suppressed (due None).

    `lane` is the name of the lane that it goes through.
    """

    organization_id: int
    provider: str
    integration_id: int | None
    user_id: int | None
    address: str
    label: str
    detail: str
    conversation: str
    key: str
    state: str
    reason: str
    due: datetime | None
    date_added: datetime
    lane: str


_NOTIFICATION = (
    "organization_id, project_id, issue_id, uuid, kind, category, event_id, facts, trace, date_added, intents"
)
_DELIVERY = (
    "notification_id, organization_id, provider, integration_id, user_id, address, label, detail, conversation,"
    ' "key", state, reason, due, date_added, lane_id, lease_by, attempts, reference, doubtful'
)


def record(notifications: Sequence[NotificationRow], intents: Mapping[str, int]) -> dict[str, int]:
    """Writes notifications with how many deliveries were decided for each (by uuid); their ids by uuid."""
    if not notifications:
        return {}
    flat: list[Any] = []
    for row in notifications:
        flat += (*row[:9], moment(row.date_added), intents.get(row.uuid, 0))
    sql = (
        f"INSERT INTO store_notification ({_NOTIFICATION}) VALUES {values(11, len(notifications))} "  # noqa: S608
        "RETURNING uuid, id"
    )
    return dict(rows(sql, flat))


def restate(facts: Sequence[tuple[int, str]]) -> None:
    """Notifications that nobody was sent yet say something newer: (notification, facts as JSON)."""
    execute_many(
        "UPDATE store_notification SET facts = %s WHERE id = %s",
        [(text, notification) for notification, text in facts],
    )


def queue(deliveries: Sequence[tuple[int, DeliveryRow]]) -> None:
    """Writes the deliveries of recorded notifications (by notification id), each into its lane.

    A delivery waits for an earlier one of its conversation that is being retried. Three statements.
    """
    wanted: dict[str, lanes.Wanted] = {}
    for _, row in deliveries:
        if row.state != State.SUPPRESSED:
            wanted.setdefault(row.lane, lanes.Wanted(row.integration_id, row.due or row.date_added))
    ids = lanes.open_for(wanted)
    retried = _retried(list(ids.values()))
    execute_many(
        f"INSERT INTO store_delivery ({_DELIVERY}) VALUES ({places(19)})",  # noqa: S608 — constants only
        [_columns(notification, row, ids.get(row.lane), retried) for notification, row in deliveries],
    )


def _columns(
    notification: int, row: DeliveryRow, lane: int | None, retried: Mapping[tuple[int, str], datetime]
) -> tuple[Any, ...]:
    due = row.due
    if due is not None and lane is not None and retried:
        due = max(due, retried.get((lane, row.conversation), due))
    return (
        notification,
        *row[:11],
        moment(due) if due else None,
        moment(row.date_added),
        lane,
        "",
        0,
        "{}",
        0,
    )


def _retried(lane_ids: Sequence[int]) -> dict[tuple[int, str], datetime]:
    """When the conversations of these lanes that are being retried are due again."""
    if not lane_ids:
        return {}
    found = rows(
        "SELECT lane_id, conversation, max(due) FROM store_delivery"  # noqa: S608 — placeholders only
        f" WHERE state IN ('retrying', 'unknown') AND lane_id IN ({places(len(lane_ids))})"
        " GROUP BY lane_id, conversation",
        lane_ids,
    )
    return {(lane, conversation): aware(due) for lane, conversation, due in found}


def fired(firings: Sequence[tuple[int, int, int, str, int, datetime]]) -> None:
    """Firing history: (project, rule, issue, event id, notification, when)."""
    execute_many(
        "INSERT INTO store_firing (project_id, rule_id, issue_id, event_id, notification_id, date_added)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [(*firing[:5], moment(firing[5])) for firing in firings],
    )

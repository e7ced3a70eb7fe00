"""What was decided, written in the transaction that decided it: notifications, their deliveries, firings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tocsin.store.db import execute_many, moment, rows, values


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
    """A destination of a notification, queued for `due` or recorded as suppressed (due None)."""

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


_NOTIFICATION = "organization_id, project_id, issue_id, uuid, kind, category, event_id, facts, trace, date_added"
_DELIVERY = (
    "notification_id, organization_id, provider, integration_id, user_id, address, label, detail, conversation,"
    ' "key", state, reason, due, date_added, lease_by, attempts, reference'
)


def record(notifications: Sequence[NotificationRow]) -> dict[str, int]:
    """Writes notifications; their ids by uuid. One statement."""
    if not notifications:
        return {}
    flat: list[Any] = []
    for row in notifications:
        flat += (*row[:9], moment(row.date_added))
    sql = (
        f"INSERT INTO store_notification ({_NOTIFICATION}) VALUES {values(10, len(notifications))} "  # noqa: S608
        "RETURNING uuid, id"
    )
    return dict(rows(sql, flat))


def queue(deliveries: Sequence[tuple[int, DeliveryRow]]) -> None:
    """Writes the deliveries of recorded notifications (by notification id). One statement."""
    execute_many(
        f"INSERT INTO store_delivery ({_DELIVERY}) VALUES ({', '.join(['%s'] * 17)})",  # noqa: S608
        [
            (
                notification,
                *row[:11],
                moment(row.due) if row.due else None,
                moment(row.date_added),
                "",
                0,
                "{}",
            )
            for notification, row in deliveries
        ],
    )


def fired(firings: Sequence[tuple[int, int, int, str, int, datetime]]) -> None:
    """Firing history: (project, rule, issue, event id, notification, when)."""
    execute_many(
        "INSERT INTO store_firing (project_id, rule_id, issue_id, event_id, notification_id, date_added)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [(*firing[:5], moment(firing[5])) for firing in firings],
    )

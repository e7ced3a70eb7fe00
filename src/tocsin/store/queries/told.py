"""Who was told of an issue, and why: its notifications with their decision traces and deliveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.core.acts import REWRITTEN
from tocsin.store.models import Delivery, Notification

LATEST = 20


@dataclass(frozen=True, slots=True)
class ToldDelivery:
    id: int
    provider: str
    label: str
    state: str
    reason: str
    attempts: int
    moment: datetime  # when it ended, or was decided while it has not


@dataclass(frozen=True, slots=True)
class Told:
    """One notification; `trace` are steps as core.reasons.Step writes them, `facts` what it was made from."""

    id: int
    kind: str
    event_id: str
    decided: datetime
    facts: Mapping[str, Any]
    trace: Sequence[Mapping[str, Any]]
    deliveries: tuple[ToldDelivery, ...]


def of_issue(organization_id: int, issue_id: int) -> tuple[tuple[Told, ...], int]:
    """The latest 20 notifications of an issue, newest first, and how many there are; three queries."""
    found = Notification.objects.filter(organization_id=organization_id, issue_id=issue_id)
    found = found.exclude(category=REWRITTEN)
    latest = list(found.order_by("-date_added", "-pk")[:LATEST])
    by_notification: dict[int, list[ToldDelivery]] = {one.pk: [] for one in latest}
    for row in Delivery.objects.filter(notification_id__in=by_notification).order_by("pk"):
        by_notification[row.notification_id].append(_delivery(row))
    told = tuple(
        Told(one.pk, one.kind, one.event_id, one.date_added, one.facts, one.trace, tuple(by_notification[one.pk]))
        for one in latest
    )
    return told, found.count() if len(latest) == LATEST else len(latest)


def deliveries_to(user_id: int, notification_ids: Sequence[int]) -> dict[int, list[ToldDelivery]]:
    """What of notifications went to one person, or would have; one query."""
    found: dict[int, list[ToldDelivery]] = {}
    rows = Delivery.objects.filter(notification_id__in=notification_ids, user_id=user_id).order_by("pk")
    for row in rows:
        found.setdefault(row.notification_id, []).append(_delivery(row))
    return found


def one(organization_id: int, notification_id: int) -> Told | None:
    """A notification of an organization; two queries."""
    row = Notification.objects.filter(organization_id=organization_id, pk=notification_id).first()
    if row is None:
        return None
    mine = tuple(_delivery(each) for each in Delivery.objects.filter(notification=row).order_by("pk"))
    return Told(row.pk, row.kind, row.event_id, row.date_added, row.facts, row.trace, mine)


def _delivery(row: Delivery) -> ToldDelivery:
    return ToldDelivery(
        id=row.pk,
        provider=row.provider,
        label=row.label,
        state=row.state,
        reason=row.reason,
        attempts=row.attempts,
        moment=row.date_done or row.date_added,
    )

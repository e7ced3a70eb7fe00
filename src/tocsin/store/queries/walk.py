"""One event's way through the product, read back from the rows that each stage left."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.core.issue import Happening, Issue, Priority, Status, Substatus, short_id
from tocsin.core.rule_snooze import RuleSnooze
from tocsin.store.models import Activity, Attempt, Delivery, Event, Firing, Notification, RejectedBody
from tocsin.store.models import Issue as IssueRow
from tocsin.store.queries import rule_snoozes
from tocsin.store.queries.deliveries import Row, Try, row_of, try_of
from tocsin.store.queries.rules import watching

MOST_REJECTED = 10


@dataclass(frozen=True, slots=True)
class Digested:
    """The issue that the event went into, as it is now; `payload` is the event's JSON.

    `is_regression` says that the event brought the issue back.
    """

    issue: Issue
    timestamp: datetime
    received: datetime
    payload: bytes = field(repr=False)
    is_regression: bool = False


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule of the project, and whether it fired for this event."""

    id: int
    label: str
    environment: str
    status: str
    data: Mapping[str, Any]
    fired: bool
    made: datetime
    snoozes: tuple[RuleSnooze, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery with its attempts, the true answer in the last of them."""

    row: Row
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """All that is known of one event; what has not happened yet is None or empty."""

    digested: Digested | None = None
    rejected: str = ""
    rules: tuple[RuleRow, ...] = ()
    trace: tuple[Mapping[str, Any], ...] = ()
    deliveries: tuple[Sent, ...] = ()


def of_event(project_id: int, event_id: str, since: datetime) -> Walk:
    """The walk of one event of the project; at most nine queries however many rules and deliveries it has.

    `since` is when the event was accepted: only what was rejected after that is looked through.
    """
    event = Event.objects.filter(project_id=project_id, event_id=event_id).select_related("issue__project").first()
    if event is None:
        return Walk(rejected=_rejection(project_id, event_id, since))
    firings = list(Firing.objects.filter(issue_id=event.issue_id, event_id=event_id))
    notifications = list(Notification.objects.filter(issue_id=event.issue_id, event_id=event_id).order_by("pk"))
    return Walk(
        digested=_digested(event),
        rules=_rules(project_id, {firing.rule_id for firing in firings}),
        trace=tuple(step for notification in notifications for step in notification.trace),
        deliveries=_deliveries([notification.pk for notification in notifications]),
    )


def _rejection(project_id: int, event_id: str, since: datetime) -> str:
    """Why the event's body was rejected, if it was: a rejected body is known only by what is in it."""
    found = RejectedBody.objects.filter(project_id=project_id, received__gte=since).order_by("pk")
    bodies = found.values_list("reason", "body")[:MOST_REJECTED]
    return next((reason for reason, body in bodies if event_id.encode() in bytes(body)), "")


def _digested(event: Event) -> Digested:
    came_back = Activity.objects.filter(
        issue_id=event.issue_id,
        type=Happening.REGRESSION.value,
        date_added=event.received,
        data__event_id=event.event_id,
    )
    return Digested(
        _issue(event.issue),
        event.timestamp,
        event.received,
        zlib.decompress(bytes(event.payload)),
        came_back.exists(),
    )


def _issue(row: IssueRow) -> Issue:
    return Issue(
        id=row.pk,
        project_id=row.project_id,
        short_id=short_id(row.project.slug, row.number),
        title=row.title,
        culprit=row.culprit,
        level=row.level,
        status=Status(row.status),
        substatus=Substatus(row.substatus),
        priority=Priority(row.priority),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        times_seen=row.times_seen,
        users_seen=row.users_seen,
    )


def _rules(project_id: int, fired: set[int]) -> tuple[RuleRow, ...]:
    rules = list(watching(project_id).order_by("pk"))
    snoozes = rule_snoozes.lasting([rule.pk for rule in rules])
    return tuple(
        RuleRow(
            rule.pk,
            rule.label,
            rule.environment,
            rule.status,
            rule.data,
            rule.pk in fired,
            rule.date_added,
            snoozes.get(rule.pk, ()),
        )
        for rule in rules
    )


def _deliveries(notification_ids: Sequence[int]) -> tuple[Sent, ...]:
    found = (
        Delivery.objects.filter(notification_id__in=notification_ids)
        .select_related("notification", "user")
        .order_by("pk")
    )
    rows = list(found)
    tries: dict[int, list[Try]] = {}
    for attempt in Attempt.objects.filter(delivery_id__in=[row.pk for row in rows]).order_by("pk"):
        tries.setdefault(attempt.delivery_id, []).append(try_of(attempt))
    return tuple(Sent(row_of(row), tuple(tries.get(row.pk, ()))) for row in rows)

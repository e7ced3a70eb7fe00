"""What shared links lead to, in one organization."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q

from tocsin.core.issue import short_id
from tocsin.store.models import Delivery, Event, Issue, Rule, RuleSnooze
from tocsin.store.queries.chat import theirs
from tocsin.store.queries.deliveries import Row, row_of


@dataclass(frozen=True, slots=True)
class IssueShown:
    """An issue as it stands; `assignee` is whose it is, in words that a channel may read: of somebody without a
    name only how their mail address begins."""

    id: int
    short_id: str
    project: str
    title: str
    culprit: str
    level: str
    status: int
    substatus: int
    first_seen: datetime
    last_seen: datetime
    times_seen: int
    users_seen: int
    assignee: str


_ISSUE = (
    "pk",
    "number",
    "project__slug",
    "title",
    "culprit",
    "level",
    "status",
    "substatus",
    "first_seen",
    "last_seen",
    "times_seen",
    "users_seen",
    "assignee_user__name",
    "assignee_user__email",
    "assignee_team__slug",
)


def issues(organization_id: int, issue_ids: Collection[int]) -> dict[int, IssueShown]:
    """One query."""
    found = Issue.objects.filter(project__organization_id=organization_id, pk__in=issue_ids)
    return {row[0]: _issue(*row) for row in found.values_list(*_ISSUE)}


def mine(organization_id: int, user_id: int, most: int) -> list[IssueShown]:
    """Unresolved issues that are a person's, or one of their teams', latest seen first; one query."""
    return [_issue(*row) for row in theirs(organization_id, user_id).values_list(*_ISSUE)[:most]]


def _issue(  # noqa: PLR0913, PLR0917 — a row is its columns
    pk: int,
    number: int,
    project: str,
    title: str,
    culprit: str,
    level: str,
    status: int,
    substatus: int,
    first_seen: datetime,
    last_seen: datetime,
    times_seen: int,
    users_seen: int,
    name: str | None,
    email: str | None,
    team: str | None,
) -> IssueShown:
    return IssueShown(
        pk,
        short_id(project, number),
        project,
        title,
        culprit,
        level,
        status,
        substatus,
        first_seen,
        last_seen,
        times_seen,
        users_seen,
        f"#{team}" if team else name or (email or "").partition("@")[0],
    )


@dataclass(frozen=True, slots=True)
class EventShown:
    title: str
    level: str
    environment: str
    release: str
    timestamp: datetime


def events(asked: Collection[tuple[int, str]]) -> dict[tuple[int, str], EventShown]:
    """Kept events by (issue, event id); one query, none where none is asked for."""
    if not asked:
        return {}
    ids = {event for _, event in asked}
    found = Event.objects.filter(issue_id__in={issue for issue, _ in asked}, event_id__in=ids)
    columns = ("issue_id", "event_id", "title", "level", "environment", "release", "timestamp")
    return {row[:2]: EventShown(*row[2:]) for row in found.values_list(*columns)}


@dataclass(frozen=True, slots=True)
class RuleShown:
    """`project` is "" for a rule of all projects; `is_snoozed` for everyone."""

    id: int
    label: str
    project: str
    environment: str
    status: str
    is_snoozed: bool
    last_fired: datetime | None


def rules(organization_id: int, rule_ids: Collection[int]) -> dict[int, RuleShown]:
    """One query, none where none is asked for."""
    if not rule_ids:
        return {}
    found = Rule.objects.filter(
        Q(project__organization_id=organization_id) | Q(organization_id=organization_id), pk__in=rule_ids
    ).annotate(
        is_snoozed=Exists(RuleSnooze.objects.filter(rule=OuterRef("pk"), user__isnull=True, ended_at__isnull=True)),
        last=Max("firings__date_added"),
    )
    columns = ("pk", "label", "project__slug", "environment", "status", "is_snoozed", "last")
    return {row[0]: RuleShown(row[0], row[1], row[2] or "", *row[3:]) for row in found.values_list(*columns)}


def deliveries(organization_id: int, delivery_ids: Collection[int]) -> dict[int, Row]:
    """One query, none where none is asked for."""
    if not delivery_ids:
        return {}
    found = Delivery.objects.filter(organization_id=organization_id, pk__in=delivery_ids)
    return {one.pk: row_of(one) for one in found.select_related("notification", "user")}

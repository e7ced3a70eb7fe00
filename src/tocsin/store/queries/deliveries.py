"""The ledger as pages read it: what went where, with what outcome, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from tocsin.core.acts import REWRITTEN
from tocsin.core.delivery import State
from tocsin.core.reasons import SENTENCES, Reason
from tocsin.store.models import Attempt, Delivery, Notification

PAGE = 50
REPLAYABLE = (State.FAILED.value, State.DEAD.value)
_WANTS_A_SERVICE = (Reason.PROVIDER_NOT_CONNECTED, Reason.INTEGRATION_BROKEN)


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery as a list shows it; `facts` is the notification's snapshot, from which its title is made,
    `person` who is meant, "" and without `user_id` for a channel, `rewrites` whether it tells nobody anything and
    only brings up to date the message that stands there."""

    id: int
    state: str
    provider: str
    label: str
    reason: str
    attempts: int
    due: datetime | None
    date_added: datetime
    date_done: datetime | None
    kind: str
    facts: Mapping[str, Any]
    issue_id: int | None
    read: datetime | None = None
    person: str = ""
    user_id: int | None = None
    rewrites: bool = False

    @property
    def replayable(self) -> bool:
        return self.state in REPLAYABLE


@dataclass(frozen=True, slots=True)
class Page:
    """Up to 50 rows; `after` is the cursor of the next page, or None on the last."""

    rows: tuple[Row, ...]
    after: int | None


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt, as the ledger holds it; `excerpt` is already masked."""

    number: int
    outcome: str
    status: int
    reason: str
    excerpt: str
    started: datetime
    milliseconds: int


@dataclass(frozen=True, slots=True)
class One:
    """A delivery with all that explains it."""

    row: Row
    uuid: str
    category: str
    event_id: str
    organization: str
    project: str
    address: Mapping[str, Any]
    detail: Mapping[str, Any]
    conversation: str
    key: str
    integration_id: int | None
    integration: str
    decided: datetime
    trace: Sequence[Mapping[str, Any]]
    tries: tuple[Try, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty text means all."""

    states: frozenset[str] = field(default_factory=frozenset)
    provider: str = ""
    text: str = ""
    user_id: int | None = None
    integration_id: int | None = None
    kind: str = ""
    reason: str = ""
    since: datetime | None = None  # decided then or later
    until: datetime | None = None  # and before that


def page(organization_id: int, filters: Filters, before: int | None = None) -> Page:
    """The newest deliveries that match, or those older than the delivery `before`."""
    found = matching(organization_id, filters)
    if before is not None:
        found = _older_than(organization_id, found, before)
    return page_of(found.select_related("notification", "user"))


def page_of(found: QuerySet[Delivery]) -> Page:
    """The first 50 of an ordered set; one row more is read to know whether there is a next page."""
    rows = list(found[: PAGE + 1])
    return Page(tuple(row_of(row) for row in rows[:PAGE]), rows[PAGE - 1].pk if len(rows) > PAGE else None)


def matching(organization_id: int, filters: Filters) -> QuerySet[Delivery]:
    found = Delivery.objects.filter(organization_id=organization_id).order_by("-date_added", "-pk")
    if filters.states:
        found = found.filter(state__in=filters.states)
    if filters.provider:
        found = found.filter(provider=filters.provider)
    if filters.user_id is not None:
        found = found.filter(user_id=filters.user_id)
    if filters.integration_id is not None:
        found = found.filter(integration_id=filters.integration_id)
    if filters.kind:
        found = found.filter(notification__kind=filters.kind)
    if filters.reason:
        found = found.filter(reason__icontains=filters.reason)
    if filters.since:
        found = found.filter(date_added__gte=filters.since)
    if filters.until:
        found = found.filter(date_added__lt=filters.until)
    if filters.text:
        text = filters.text
        found = found.filter(
            Q(label__icontains=text) | Q(reason__icontains=text) | Q(notification__issue__title__icontains=text)
        )
    return found


def _older_than(organization_id: int, found: QuerySet[Delivery], before: int) -> QuerySet[Delivery]:
    last = Delivery.objects.filter(organization_id=organization_id, pk=before).values_list("date_added", flat=True)
    moment = last.first()
    if moment is None:
        return found
    return found.filter(Q(date_added__lt=moment) | Q(date_added=moment, pk__lt=before))


def counts(organization_id: int) -> dict[str, int]:
    """How many deliveries are in each state that wants attention; what was sent is not counted, it only grows."""
    wanted = [state.value for state in State if state is not State.SENT]
    grouped = (
        Delivery.objects.filter(organization_id=organization_id, state__in=wanted)
        .values("state")
        .annotate(total=Count("pk"))
        .order_by()
    )
    return {row["state"]: row["total"] for row in grouped}


def of_kind_since(organization_id: int, kind: str, since: datetime) -> int:
    """How many notifications of a kind the organization has made since a moment."""
    found = Notification.objects.filter(organization_id=organization_id, date_added__gt=since, kind=kind)
    return found.count()


def unreal_since(project_id: int, kind: str, since: datetime) -> int:
    """How many notifications of a kind that speaks of issues the project has made about none: they were tests."""
    found = Notification.objects.filter(project_id=project_id, date_added__gt=since, kind=kind, issue__isnull=True)
    return found.count()


def providers(organization_id: int) -> list[str]:
    """The services that the organization's deliveries went to, by slug."""
    found = Delivery.objects.filter(organization_id=organization_id).order_by("provider")
    return list(found.values_list("provider", flat=True).distinct())


def kinds(organization_id: int) -> list[str]:
    """What the organization's notifications were about, by slug."""
    found = Notification.objects.filter(organization_id=organization_id).order_by("kind")
    return list(found.values_list("kind", flat=True).distinct())


def replayable_ids(organization_id: int, filters: Filters) -> list[int]:
    """Which of the matching deliveries ended badly and may be tried again, oldest first."""
    found = matching(organization_id, filters).filter(state__in=REPLAYABLE).order_by("pk")
    return list(found.values_list("pk", flat=True))


def of_those_there(organization_id: int, delivery_ids: Sequence[int]) -> frozenset[int]:
    """Which of these the organization has."""
    found = Delivery.objects.filter(organization_id=organization_id, pk__in=delivery_ids)
    return frozenset(found.values_list("pk", flat=True))


def of_those_replayable(organization_id: int, delivery_ids: Sequence[int]) -> list[int]:
    """Which of these ended badly and may be tried again, oldest first."""
    found = Delivery.objects.filter(organization_id=organization_id, pk__in=delivery_ids, state__in=REPLAYABLE)
    return list(found.order_by("pk").values_list("pk", flat=True))


def rows_of(delivery_ids: Sequence[int]) -> list[Row]:
    """These deliveries, oldest first; the ids must be of an organization that may be shown."""
    found = Delivery.objects.filter(pk__in=delivery_ids).select_related("notification", "user").order_by("pk")
    return [row_of(one) for one in found]


def one(organization_id: int, delivery_id: int) -> One | None:
    """A delivery with its attempts, or None when the organization has no such delivery."""
    found = (
        Delivery.objects.filter(organization_id=organization_id, pk=delivery_id)
        .select_related("notification__project", "integration", "user", "organization")
        .first()
    )
    return None if found is None else _one_of(found, tries_of([found.pk]))


def tries_of(delivery_ids: Sequence[int]) -> list[Attempt]:
    return list(Attempt.objects.filter(delivery_id__in=delivery_ids).order_by("pk"))


def undelivered(organization_id: int, before: int | None = None) -> Page:
    """What could not leave as its service is not connected or broken, newest first: the outbox."""
    found = (
        Delivery.objects.filter(organization_id=organization_id)
        .filter(_could_not_leave())
        .order_by("-date_added", "-pk")
        .select_related("notification", "user")
    )
    if before is not None:
        found = _older_than(organization_id, found, before)
    return page_of(found)


def _could_not_leave() -> Q:
    return Q(state=State.SUPPRESSED.value, reason__in=[SENTENCES[reason] for reason in _WANTS_A_SERVICE])


def row_of(found: Delivery) -> Row:
    notification = found.notification
    return Row(
        id=found.pk,
        state=found.state,
        provider=found.provider,
        label=found.label,
        reason=found.reason,
        attempts=found.attempts,
        due=found.due,
        date_added=found.date_added,
        date_done=found.date_done,
        kind=notification.kind,
        facts=notification.facts,
        issue_id=notification.issue_id,
        read=found.read,
        person=found.user.display_name if found.user else "",
        user_id=found.user_id,
        rewrites=notification.category == REWRITTEN,
    )


def _one_of(found: Delivery, tries: Sequence[Attempt]) -> One:
    notification = found.notification
    return One(
        row=row_of(found),
        uuid=notification.uuid,
        category=notification.category,
        event_id=notification.event_id,
        organization=found.organization.slug,
        project=notification.project.slug if notification.project else "",
        address=found.address,
        detail=found.detail,
        conversation=found.conversation,
        key=found.key,
        integration_id=found.integration_id,
        integration=found.integration.name if found.integration else "",
        decided=notification.date_added,
        trace=tuple(notification.trace),
        tries=tuple(try_of(row) for row in tries),
    )


def try_of(found: Attempt) -> Try:
    return Try(
        number=found.number,
        outcome=found.outcome,
        status=found.status,
        reason=found.reason,
        excerpt=found.excerpt,
        started=found.started,
        milliseconds=found.milliseconds,
    )

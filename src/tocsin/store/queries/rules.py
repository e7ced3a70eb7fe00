"""A project's alert rules and when they fired."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from tocsin.core.delivery import State
from tocsin.core.issue import short_id
from tocsin.store.models import Delivery, Firing, Rule

LATELY = timedelta(days=7)
MOST_FIRINGS = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A stored rule; `data` is as on the wire. `fired` counts the firings of the last seven days.

    `of_all`: it watches all projects of the organization.
    """

    id: int
    project_id: int
    label: str
    environment: str
    status: str
    data: Mapping[str, Any]
    date_added: datetime
    last_fired: datetime | None = None
    fired: int = 0
    of_all: bool = False


@dataclass(frozen=True, slots=True)
class Fired:
    """One firing with what it was about and what came of it: the deliveries that this rule asked for, and to where
    (`told`)."""

    id: int
    date_added: datetime
    issue_id: int
    short_id: str
    title: str
    event_id: str
    deliveries: int
    sent: int
    told: tuple[str, ...] = ()


def of_project(project_id: int, now: datetime) -> list[Row]:
    """The project's rules in the order they were made, each with its last firing."""
    found = (
        watching(project_id)
        .annotate(
            last=Max("firings__date_added", filter=Q(firings__project=project_id)),
            lately=Count("firings", filter=Q(firings__date_added__gte=now - LATELY, firings__project=project_id)),
        )
        .order_by("pk")
    )
    return [_row(rule, project_id, rule.last, rule.lately) for rule in found]


def of_organization(organization_id: int, now: datetime) -> list[Row]:
    """The rules of all projects in the order they were made, each with its last firing in any of them."""
    found = (
        Rule.objects.filter(organization_id=organization_id)
        .annotate(
            last=Max("firings__date_added"),
            lately=Count("firings", filter=Q(firings__date_added__gte=now - LATELY)),
        )
        .order_by("pk")
    )
    return [_row(rule, 0, rule.last, rule.lately) for rule in found]


def watching(project_id: int) -> QuerySet[Rule]:
    """The rules that are asked about a project's events: its own, and those of its organization."""
    return Rule.objects.filter(Q(project_id=project_id) | Q(organization__projects=project_id))


def is_of_organization(rule_id: int) -> bool:
    """Whether the rule watches all projects of its organization."""
    return Rule.objects.filter(pk=rule_id, organization__isnull=False).exists()


def home(rule: Rule) -> int:
    """The id of the rule's organization."""
    if rule.project is not None:
        return rule.project.organization_id
    if rule.organization_id is None:
        raise TypeError(f"Rule {rule.pk} belongs to neither a project nor an organization.")
    return rule.organization_id


def all_of(organization_id: int) -> list[Rule]:
    """All rules of an organization, of its projects and of all of them, on or off."""
    found = Rule.objects.filter(Q(project__organization=organization_id) | Q(organization=organization_id))
    return list(found.select_related("project", "organization").order_by("pk"))


def named(organization_id: int, rule_ids: Collection[int]) -> list[tuple[str, str | None]]:
    """Name and project of an organization's rules, None for one of all projects."""
    found = Rule.objects.filter(Q(project__organization=organization_id) | Q(organization=organization_id))
    return list(found.filter(pk__in=rule_ids).order_by("pk").values_list("label", "project__slug"))


def active_of(organization: str, project: str) -> list[Rule]:
    """The active rules of everything, of an organization, or of a project's own, by their slugs."""
    found = Rule.objects.filter(status="active").select_related("project__organization", "organization")
    if organization:
        found = found.filter(Q(project__organization__slug=organization) | Q(organization__slug=organization))
    if project:
        found = found.filter(project__slug=project)
    return list(found.order_by("project__slug", "pk"))


def one(project_id: int, rule_id: int) -> Row | None:
    """A rule that watches the project, or None."""
    found = watching(project_id).filter(pk=rule_id).first()
    return None if found is None else _row(found, project_id, None, 0)


def firings(rule_id: int, project_id: int, now: datetime) -> list[Fired]:
    """The rule's firings in the project within the last seven days, newest first, at most 50."""
    found = (
        Firing.objects.filter(rule_id=rule_id, project_id=project_id, date_added__gte=now - LATELY)
        .select_related("issue__project")
        .order_by("-date_added", "-pk")[:MOST_FIRINGS]
    )
    states = _states(rule_id, [row.notification_id for row in found if row.notification_id])
    return [
        Fired(
            id=row.pk,
            date_added=row.date_added,
            issue_id=row.issue_id,
            short_id=short_id(row.issue.project.slug, row.issue.number),
            title=row.issue.title,
            event_id=row.event_id,
            deliveries=len(states[row.notification_id]),
            sent=sum(state == State.SENT.value for _, state in states[row.notification_id]),
            told=_told(states[row.notification_id]),
        )
        for row in found
    ]


def _states(rule_id: int, notification_ids: Sequence[int]) -> Mapping[int | None, list[tuple[str, str]]]:
    """Destination and state of a rule's own deliveries by notification, which it may share with other rules."""
    found = Delivery.objects.filter(notification_id__in=notification_ids).order_by("pk")
    states: dict[int | None, list[tuple[str, str]]] = defaultdict(list)
    for notification_id, label, state, detail in found.values_list("notification_id", "label", "state", "detail"):
        if rule_id in detail.get("rules", ()):
            states[notification_id].append((label, state))
    return states


def _told(deliveries: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Each place once, without those that declined."""
    return tuple(dict.fromkeys(label for label, state in deliveries if state != State.SUPPRESSED.value))


def _row(rule: Rule, project_id: int, last_fired: datetime | None, fired: int) -> Row:
    return Row(
        id=rule.pk,
        project_id=project_id,
        label=rule.label,
        environment=rule.environment,
        status=rule.status,
        data=rule.data,
        date_added=rule.date_added,
        last_fired=last_fired,
        fired=fired,
        of_all=rule.organization_id is not None,
    )

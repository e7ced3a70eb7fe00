"""When a rule fired, for which issues, and what was held back of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncHour

from tocsin.core.periods import HOUR, Period
from tocsin.store.models import Firing, RuleHour


@dataclass(slots=True)
class Hour:
    """How often a rule fired, and how often its frequency, its limit for an hour or a snooze held it back."""

    fired: int = 0
    by_frequency: int = 0
    by_limit: int = 0
    by_snooze: int = 0

    def add(self, other: "Hour") -> None:
        self.fired += other.fired
        self.by_frequency += other.by_frequency
        self.by_limit += other.by_limit
        self.by_snooze += other.by_snooze


def hours(rule_id: int, project_id: int, within: Period) -> dict[int, Hour]:
    """By hour since 1970, of one project, those without anything left out; two queries."""
    found: dict[int, Hour] = {}
    by_hour = _firings(rule_id, project_id, within).annotate(hour=TruncHour("date_added", tzinfo=UTC))
    for at, fired in by_hour.values_list("hour").annotate(number=Count("pk")).order_by("hour"):
        found.setdefault(int(at.timestamp()) // HOUR, Hour()).fired = fired
    held = RuleHour.objects.filter(
        rule_id=rule_id, project_id=project_id, hour__gte=within.hours.start, hour__lt=within.hours.stop
    )
    for hour, *counts in held.values_list("hour", "by_frequency", "by_limit", "by_snooze"):
        found.setdefault(hour, Hour()).add(Hour(0, *counts))
    return found


@dataclass(frozen=True, slots=True)
class Group:
    """An issue that a rule fired for: how often, last when, and for which event then."""

    issue_id: int
    count: int
    last: datetime
    event_id: str


def groups(rule_id: int, project_id: int, within: Period, start: int, most: int) -> list[Group]:
    """The issues that the rule fired for, most often first; two queries."""
    found = _firings(rule_id, project_id, within).values("issue_id")
    counted = found.annotate(number=Count("pk"), last=Max("date_added"), newest=Max("pk"))
    page = list(counted.order_by("-number", "-last", "-issue_id")[start : start + most])
    events = dict(Firing.objects.filter(pk__in=[row["newest"] for row in page]).values_list("issue_id", "event_id"))
    return [Group(row["issue_id"], row["number"], row["last"], events.get(row["issue_id"], "")) for row in page]


def _firings(rule_id: int, project_id: int, within: Period) -> QuerySet[Firing]:
    return Firing.objects.filter(
        rule_id=rule_id, project_id=project_id, date_added__gte=within.start, date_added__lt=within.end
    )

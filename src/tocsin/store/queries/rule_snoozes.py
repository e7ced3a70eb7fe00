"""Snoozes of alert rules, and what they hid."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from tocsin.core import rule_snooze
from tocsin.core.issue import short_id
from tocsin.store.models import Project, Rule, RuleHidden, RuleSnooze, Untold

MOST_HIDDEN = 50


def lasting(rule_ids: Collection[int]) -> dict[int, tuple[rule_snooze.RuleSnooze, ...]]:
    """The snoozes of rules that nobody has ended yet; one query."""
    found: dict[int, list[rule_snooze.RuleSnooze]] = defaultdict(list)
    rows = RuleSnooze.objects.filter(rule_id__in=rule_ids, ended_at__isnull=True).order_by("pk")
    for row in rows.values_list("rule_id", "id", "user_id", "until", "reason"):
        found[row[0]].append(rule_snooze.RuleSnooze(*row[1:]))
    return {rule_id: tuple(some) for rule_id, some in found.items()}


def of_rule(rule_id: int, user_id: int) -> list[RuleSnooze]:
    """The rule's lasting snoozes, of everyone and of this person, that of everyone first; one query."""
    mine = Q(user__isnull=True) | Q(user_id=user_id)
    found = RuleSnooze.objects.filter(mine, rule_id=rule_id, ended_at__isnull=True).select_related("owner")
    return sorted(found, key=lambda one: one.user_id is not None)


def past(now: datetime, most: int) -> list[int]:
    """The ids of those whose time has come, the earliest first."""
    found = RuleSnooze.objects.filter(ended_at__isnull=True, until__lte=now).order_by("until", "pk")
    return list(found.values_list("pk", flat=True)[:most])


def hidden(snooze: RuleSnooze) -> int:
    """How often the rule would have acted; of one person's, how many of its alerts they were not told of."""
    if snooze.user_id is None:
        return RuleHidden.objects.filter(snooze=snooze).aggregate(all=Sum("count"))["all"] or 0
    mine = Untold.objects.filter(user=snooze.user_id, date_added__gte=snooze.date_added)
    return mine.filter(cause=f"rule_snooze:{snooze.pk}").count()


def place(rule: Rule) -> tuple[str, str]:
    """The slugs of the organization and the project on whose pages a rule is; for one of all projects the first."""
    if rule.project is not None:
        return rule.project.organization.slug, rule.project.slug
    found = Project.objects.filter(organization=rule.organization_id).order_by("pk")
    first = found.values_list("organization__slug", "slug").first()
    return first or (rule.organization.slug if rule.organization else "", "")


@dataclass(frozen=True, slots=True)
class Hid:
    """An issue for which a snoozed rule would have acted."""

    issue_id: int
    short_id: str
    title: str
    count: int
    event_id: str
    last: datetime


@dataclass(frozen=True, slots=True)
class Quiet:
    """The latest snooze for everyone, over or not; `hid` are the issues that it hid most lately, `total` how often
    the rule would have acted."""

    snooze: RuleSnooze
    hid: tuple[Hid, ...]
    total: int


def latest(rule_id: int) -> Quiet | None:
    """What the rule's latest snooze for everyone hid; three queries."""
    found = (
        RuleSnooze.objects.filter(rule_id=rule_id, user__isnull=True)
        .select_related("owner")
        .order_by("-date_added", "-pk")
        .first()
    )
    if found is None:
        return None
    hidden = RuleHidden.objects.filter(snooze=found)
    rows = hidden.select_related("issue__project").order_by("-last", "-pk")[:MOST_HIDDEN]
    hid = tuple(
        Hid(
            row.issue_id,
            short_id(row.issue.project.slug, row.issue.number),
            row.issue.title,
            row.count,
            row.event_id,
            row.last,
        )
        for row in rows
    )
    return Quiet(found, hid, hidden.aggregate(all=Sum("count"))["all"] or 0)

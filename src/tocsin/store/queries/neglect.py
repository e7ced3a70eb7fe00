"""Alert rules that have been silent, and what was said of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tocsin.core.neglect import Notice, Watched
from tocsin.store.models import Firing, Issue, NeglectedRule, Project, Rule, RuleSnooze
from tocsin.store.writes.founding import default_rule

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Silent:
    """A rule with what is decided from; `shown_in` is the slug of the project on whose pages it is shown: its own,
    or for one of all projects that which heard of an event last."""

    rule: Rule
    watched: Watched
    shown_in: str

    @property
    def organization(self) -> Any:
        return self.rule.project.organization if self.rule.project else self.rule.organization


def silent(before: datetime) -> Iterator[list[Silent]]:
    """The active rules that neither fired nor were changed since a moment, and those of which something was said;
    some hundred at a time, three statements for each."""
    last = Coalesce("date_changed", "date_added")
    found = _watched().annotate(last=last).filter(Q(last__lte=before) & _quiet(before) | _said())
    after = 0
    while rules := list(found.filter(pk__gt=after)[:AT_ONCE]):
        after = rules[-1].pk
        yield _rows(rules)


def of(rule_ids: Collection[int]) -> list[Silent]:
    """These rules, as far as they are active."""
    return _rows(list(_watched().filter(pk__in=rule_ids)))


def notices(rule_ids: Collection[int]) -> dict[int, Notice]:
    """What was said of rules, and which of them are kept; one statement."""
    return {one.rule_id: notice(one) for one in NeglectedRule.objects.filter(rule_id__in=rule_ids)}


def projects(project_id: int | None, organization_id: int | None) -> list[int]:
    """The projects that a rule of a project, or of all of an organization, watches."""
    if project_id is not None:
        return [project_id]
    return list(Project.objects.filter(organization=organization_id).order_by("pk").values_list("pk", flat=True))


def last_fired(rule_id: int) -> datetime | None:
    """When a rule last fired, in whichever project."""
    return Firing.objects.filter(rule=rule_id).order_by("-date_added").values_list("date_added", flat=True).first()


def _watched() -> QuerySet[Rule]:
    firing = Firing.objects.filter(rule=OuterRef("pk")).order_by("-date_added").values("date_added")[:1]
    ended = RuleSnooze.objects.filter(rule=OuterRef("pk"), user__isnull=True, ended_at__isnull=False)
    lasting = RuleSnooze.objects.filter(rule=OuterRef("pk"), user__isnull=True, ended_at__isnull=True)
    return (
        Rule.objects.filter(status="active")
        .select_related("project__organization", "organization", "neglected")
        .annotate(
            fired=Subquery(firing),
            woken=Subquery(ended.order_by("-ended_at").values("ended_at")[:1]),
            snoozed=Exists(lasting),
        )
        .order_by("pk")
    )


def _quiet(before: datetime) -> Q:
    return Q(fired__isnull=True) | Q(fired__lte=before)


def _said() -> Q:
    return Q(neglected__isnull=False, neglected__opted_out=False)


def _rows(rules: Sequence[Any]) -> list[Silent]:
    heard = _heard(rules)
    return [_row(rule, *heard.get((rule.project_id, rule.organization_id), (None, ""))) for rule in rules]


def _heard(rules: Sequence[Rule]) -> dict[tuple[int | None, int | None], tuple[datetime | None, str]]:
    """When an event last came, and to which project, for each project and organization that rules are of."""
    projects = {rule.project_id for rule in rules if rule.project_id}
    organizations = {rule.organization_id for rule in rules if rule.organization_id}
    mine = Project.objects.filter(Q(pk__in=projects) | Q(organization_id__in=organizations))
    last = Issue.objects.filter(project__in=mine.values("pk")).order_by().values_list("project_id")
    times = dict(last.annotate(Max("last_seen")))
    found: dict[tuple[int | None, int | None], tuple[datetime | None, str]] = {}
    for project_id, organization_id, slug in mine.order_by("pk").values_list("pk", "organization_id", "slug"):
        heard = times.get(project_id)
        found[project_id, None] = (heard, slug)
        before = found.get((None, organization_id), (None, ""))
        if not before[1] or (heard and (before[0] is None or heard > before[0])):
            found[None, organization_id] = (heard, slug)
    return found


def _row(rule: Any, heard: datetime | None, slug: str) -> Silent:
    watched = Watched(
        id=rule.pk,
        changed=rule.date_changed or rule.date_added,
        fired=rule.fired,
        woken=rule.woken,
        heard=heard,
        is_snoozed=rule.snoozed,
        is_default=_is_default(rule),
        notice=notice(said) if (said := getattr(rule, "neglected", None)) else None,
    )
    return Silent(rule, watched, slug)


def notice(row: NeglectedRule) -> Notice:
    return Notice(row.disable_date, row.sent_initial_email_date, row.sent_final_email_date, row.opted_out)


def _is_default(rule: Rule) -> bool:
    """Whether it does what the rule does that each project begins with, whatever it is called."""
    return rule.project_id is not None and _plain(rule.data) == _plain(default_rule().data)


def _plain(data: Any) -> dict[str, Any]:
    actions = [{key: value for key, value in node.items() if key != "uuid"} for node in data.get("actions", ())]
    return {**data, "actions": actions}

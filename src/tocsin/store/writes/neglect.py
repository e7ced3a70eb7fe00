"""What was said of rules that do not fire, and which of them are kept."""

from collections.abc import Collection
from datetime import datetime

from tocsin.store.models import NeglectedRule, Rule
from tocsin.store.writes import audit


def first_said(rule_ids: Collection[int], off_at: datetime, now: datetime) -> None:
    NeglectedRule.objects.bulk_create(
        NeglectedRule(rule_id=one, disable_date=off_at, sent_initial_email_date=now) for one in sorted(rule_ids)
    )


def last_said(rule_id: int, off_at: datetime, now: datetime) -> None:
    NeglectedRule.objects.filter(rule_id=rule_id).update(disable_date=off_at, sent_final_email_date=now)


def forget(rule_ids: Collection[int]) -> None:
    """It fired, was changed, or somebody decided about it; whoever keeps it still does."""
    NeglectedRule.objects.filter(rule_id__in=rule_ids, opted_out=False).delete()


def keep(rule: Rule, organization_id: int, *, kept: bool, actor_id: int | None, now: datetime) -> bool:
    """Keeps a rule however long it does not fire, or (`kept` False) no more; False where that is so already."""
    found = NeglectedRule.objects.filter(rule=rule).first()
    if (found is not None and found.opted_out) is kept:
        return False
    if kept:
        nothing = {"disable_date": None, "sent_initial_email_date": None, "sent_final_email_date": None}
        NeglectedRule.objects.update_or_create(rule=rule, defaults={"opted_out": True, **nothing})
    elif found is not None:
        found.delete()
    event = "rule.keep" if kept else "rule.keep_no_more"
    audit.note(organization_id, event, f"rule:{rule.pk}", {"label": rule.label}, actor_id=actor_id, now=now)
    return True

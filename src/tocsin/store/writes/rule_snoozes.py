"""Alert rules snoozed and woken. Of those for everyone the audit tells."""

from datetime import datetime

from django.db.models import Q

from tocsin.core.rule_snooze import Ask, Whom
from tocsin.store.models import Rule, RuleSnooze
from tocsin.store.writes import audit


def find(rule: Rule, user_id: int | None) -> RuleSnooze | None:
    """The lasting snooze of a person, or (None) of everyone."""
    whose = Q(user__isnull=True) if user_id is None else Q(user_id=user_id)
    return RuleSnooze.objects.filter(whose, rule=rule, ended_at__isnull=True).first()


def locked(snooze_id: int) -> RuleSnooze | None:
    """A lasting snooze with its rule, for whoever ends it in this transaction; None once it is ended."""
    found = RuleSnooze.objects.filter(pk=snooze_id, ended_at__isnull=True)
    return found.select_for_update(of=("self",)).select_related("rule__project", "rule__organization").first()


def add(rule: Rule, organization_id: int, ask: Ask, *, actor_id: int, now: datetime) -> RuleSnooze:
    user_id = actor_id if ask.whom is Whom.ME else None
    made = RuleSnooze.objects.create(
        rule=rule, user_id=user_id, owner_id=actor_id, until=ask.until, reason=ask.reason, date_added=now
    )
    _noted(made, organization_id, "rule.snooze", actor_id, now)
    return made


def end(snooze: RuleSnooze, organization_id: int, *, actor_id: int | None, now: datetime) -> None:
    """Ends it now, or (without an actor) when its time had come."""
    snooze.ended_at = now if snooze.until is None else min(now, snooze.until)
    snooze.save()
    _noted(snooze, organization_id, "rule.unsnooze", actor_id, now)


def _noted(snooze: RuleSnooze, organization_id: int, event: str, actor_id: int | None, now: datetime) -> None:
    if snooze.user_id is not None:
        return  # what a person does not want to hear is theirs alone
    until = snooze.until.isoformat() if snooze.until else "forever"
    data = {"label": snooze.rule.label, "until": until, "reason": snooze.reason}
    audit.note(organization_id, event, f"rule:{snooze.rule_id}", data, actor_id=actor_id, now=now)

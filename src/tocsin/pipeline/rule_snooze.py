"""Snoozing an alert rule and waking it again: by hand, and once its time has come."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.core.rule_snooze import Ask, Whom
from tocsin.pipeline import clock
from tocsin.store.db import one_at_a_time, one_transaction
from tocsin.store.models import Project, RuleSnooze
from tocsin.store.queries import rules
from tocsin.store.writes import rule_snoozes as writes

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Already:
    """It is snoozed already, by this row."""

    snooze: RuleSnooze


def snooze(
    project: Project, rule_id: int, ask: Ask, *, actor_id: int, now: datetime
) -> RuleSnooze | Already | None:
    """The new snooze, the one that there is, or None for a rule that does not watch the project."""
    with one_transaction():
        one_at_a_time([project.pk])
        rule = rules.watching(project.pk).filter(pk=rule_id).first()
        if rule is None:
            return None
        there = writes.find(rule, actor_id if ask.whom is Whom.ME else None)
        if there and (there.until is None or now < there.until):
            return Already(there)
        if there:
            writes.end(there, project.organization_id, actor_id=None, now=now)
        return writes.add(rule, project.organization_id, ask, actor_id=actor_id, now=now)


def wake(project: Project, rule_id: int, whom: Whom, *, actor_id: int, now: datetime) -> bool:
    """Ends the person's own snooze, or that of everyone; False when there is none."""
    with one_transaction():
        one_at_a_time([project.pk])
        rule = rules.watching(project.pk).filter(pk=rule_id).first()
        there = writes.find(rule, actor_id if whom is Whom.ME else None) if rule else None
        if there is None:
            return False
        writes.end(there, project.organization_id, actor_id=actor_id, now=now)
        return True


def is_quiet(project: Project, rule_id: int) -> bool:
    """Whether a rule that watches the project is snoozed for everyone."""
    rule = rules.watching(project.pk).filter(pk=rule_id).first()
    return rule is not None and writes.find(rule, None) is not None


def end_by_clock() -> int:
    """Ends the snoozes whose time has come; how many. A scheduled job: rules act again by themselves before it."""
    now = clock.now()
    with one_transaction():
        found = writes.past(now, AT_ONCE)
        for one in found:
            writes.end(one, rules.home(one.rule), actor_id=None, now=now)
    return len(found)

"""Lets rules wait to be saved, and says what became of them."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.store.models import Organization, Project, Rule, RuleTask

Home = Project | Organization


def add(  # noqa: PLR0913 — what is sent, of where, by whom, and for how long
    home: Home,
    sent: Mapping[str, Any],
    *,
    rule_id: int | None,
    actor_id: int | None,
    is_typed: bool,
    why: str,
    due: datetime,
    ends: datetime,
    now: datetime,
) -> RuleTask:
    project = home if isinstance(home, Project) else None
    return RuleTask.objects.create(
        id=uuid.uuid4(),
        organization_id=home.organization_id if isinstance(home, Project) else home.pk,
        project=project,
        rule_id=rule_id,
        actor_id=actor_id,
        sent=dict(sent),
        is_typed=is_typed,
        why=why[:500],
        due=due,
        ends=ends,
        date_added=now,
    )


def postponed(task: RuleTask, why: str, due: datetime) -> None:
    RuleTask.objects.filter(pk=task.pk, status="pending").update(why=why[:500], due=due)


def done(task: RuleTask, rule: Rule, why: str = "") -> None:
    """The rule is saved; `why` has what nobody could tell of it."""
    RuleTask.objects.filter(pk=task.pk).update(status="success", rule=rule, why=why[:500])


def failed(task: RuleTask, reasons: Mapping[str, Any], at: Mapping[str, str]) -> None:
    RuleTask.objects.filter(pk=task.pk).update(status="failed", refused=dict(reasons), at=dict(at))


def overtaken(rule_id: int, reasons: Mapping[str, Any]) -> None:
    """What waits to change a rule is given up: a later change of it waits now."""
    RuleTask.objects.filter(rule_id=rule_id, status="pending").update(status="failed", refused=dict(reasons))


def forget(before: datetime) -> int:
    """Those that were begun long ago: their clients have read what became of them."""
    return RuleTask.objects.filter(date_added__lt=before).delete()[0]

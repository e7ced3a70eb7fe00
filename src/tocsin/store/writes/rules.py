"""Alert rules made, changed and removed, each with its audit entry."""

import re
import uuid
from datetime import datetime
from typing import Any

from tocsin.core.rule_check import Draft
from tocsin.store.db import one_transaction
from tocsin.store.models import Project, Rule
from tocsin.store.writes import audit

_UUID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")


def add(project: Project, draft: Draft, *, actor_id: int | None, now: datetime) -> Rule:
    """A new rule of the project; it is evaluated from the next batch on."""
    with one_transaction():
        rule = Rule.objects.create(project=project, created_by_id=actor_id, date_added=now, **_columns(draft))
        _noted(project, "rule.add", rule, actor_id, now)
    return rule


def change(project: Project, rule_id: int, draft: Draft, *, actor_id: int | None, now: datetime) -> Rule | None:
    """The project's rule as the draft has it, or None when it has no such rule."""
    with one_transaction():
        rule = Rule.objects.filter(project=project, pk=rule_id).first()
        if rule is None:
            return None
        for name, value in _columns(draft).items():
            setattr(rule, name, value)
        rule.save()
        _noted(project, "rule.edit", rule, actor_id, now)
    return rule


def remove(project: Project, rule_id: int, *, actor_id: int | None, now: datetime) -> bool:
    """Deletes a rule with its firings; what it sent stays in the ledger. False when there is no such rule."""
    with one_transaction():
        rule = Rule.objects.filter(project=project, pk=rule_id).first()
        if rule is None:
            return False
        _noted(project, "rule.remove", rule, actor_id, now)
        rule.delete()
    return True


def _columns(draft: Draft) -> dict[str, Any]:
    actions = [{**node, "uuid": _uuid(node)} for node in draft.data["actions"]]
    return {
        "label": draft.label,
        "environment": draft.environment,
        "data": {**draft.data, "actions": actions},
        "owner_user_id": draft.owner_user_id,
        "owner_team_id": draft.owner_team_id,
    }


def _uuid(node: dict[str, Any]) -> str:
    """An action keeps its uuid when the rule is saved again, so that its history stays one."""
    sent = str(node.get("uuid", ""))
    return sent if _UUID.fullmatch(sent) else str(uuid.uuid4())


def _noted(project: Project, event: str, rule: Rule, actor_id: int | None, now: datetime) -> None:
    data = {"label": rule.label, "project": project.slug, "rule": rule.data, "environment": rule.environment}
    audit.note(project.organization_id, event, f"rule:{rule.pk}", data, actor_id=actor_id, now=now)

"""Alert rules made, changed and removed, each with its audit entry."""

import re
import uuid
from datetime import datetime
from typing import Any

from tocsin.core.rule_check import Draft
from tocsin.store.db import one_transaction
from tocsin.store.models import Organization, Project, Rule
from tocsin.store.writes import audit, neglect

Home = Project | Organization  # whose a rule is: a project's, or that of all projects
_UUID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")


def add(home: Home, draft: Draft, *, actor_id: int | None, now: datetime) -> Rule:
    """A new rule of the project or of all projects; it is evaluated from the next batch on."""
    with one_transaction():
        rule = Rule.objects.create(**_at(home), created_by_id=actor_id, date_added=now, **_columns(draft))
        _noted(home, "rule.add", rule, actor_id, now)
    return rule


def change(home: Home, rule_id: int, draft: Draft, *, actor_id: int | None, now: datetime) -> Rule | None:
    """The home's rule as the draft has it, or None when it has no such rule."""
    with one_transaction():
        rule = Rule.objects.filter(**_at(home), pk=rule_id).first()
        if rule is None:
            return None
        for name, value in _columns(draft).items():
            setattr(rule, name, value)
        rule.date_changed = now
        rule.save()
        if rule.status == "active":
            neglect.forget([rule.pk])
        _noted(home, "rule.edit", rule, actor_id, now)
    return rule


def switch(home: Home, rule_id: int, *, on: bool, actor_id: int | None, now: datetime) -> Rule | None:
    """Switches a rule on or off, or None when there is no such rule."""
    with one_transaction():
        rule = Rule.objects.filter(**_at(home), pk=rule_id).first()
        if rule is None:
            return None
        rule.status = "active" if on else "disabled"
        rule.date_changed = now if on else rule.date_changed
        rule.save()
        neglect.forget([rule.pk])
        _noted(home, "rule.enable" if on else "rule.disable", rule, actor_id, now)
    return rule


def let_go(rule: Rule, now: datetime) -> None:
    """Switches a rule off by the clock, as it does not fire; what was said of it stays, for its page."""
    rule.status = "disabled"
    rule.save()
    _noted(_home(rule), "rule.disable", rule, None, now, because="neglected")


def follow(rule: Rule, data: dict[str, Any], now: datetime) -> None:
    """A rule whose channel was renamed says its new name; nobody changed it, and it leads where it led."""
    rule.data = data
    rule.save()
    _noted(_home(rule), "rule.edit", rule, None, now, because="renamed")


def remove(home: Home, rule_id: int, *, actor_id: int | None, now: datetime) -> bool:
    """Deletes a rule with its firings; what it sent stays in the ledger. False when there is no such rule."""
    with one_transaction():
        rule = Rule.objects.filter(**_at(home), pk=rule_id).first()
        if rule is None:
            return False
        _noted(home, "rule.remove", rule, actor_id, now)
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


def _home(rule: Rule) -> Home:
    home = rule.project or rule.organization
    if home is None:
        raise TypeError(f"Rule {rule.pk} belongs to neither a project nor an organization.")
    return home


def _at(home: Home) -> dict[str, Any]:
    return {"project": home} if isinstance(home, Project) else {"organization": home}


def _noted(home: Home, event: str, rule: Rule, actor_id: int | None, now: datetime, **more: str) -> None:
    project = home.slug if isinstance(home, Project) else None
    organization = home.organization_id if isinstance(home, Project) else home.pk
    data = {"label": rule.label, "project": project, "rule": rule.data, "environment": rule.environment, **more}
    audit.note(organization, event, f"rule:{rule.pk}", data, actor_id=actor_id, now=now)

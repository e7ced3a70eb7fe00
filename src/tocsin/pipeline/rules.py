"""Saving an alert rule: load what it may name, decide, write; one transaction, for pages and the API alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.core.rule_check import Refusal, check
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.db import one_at_a_time, one_transaction
from tocsin.store.models import Project, Rule
from tocsin.store.queries import rules_api
from tocsin.store.writes import rules


def save(
    project: Project, sent: Mapping[str, Any], *, rule_id: int | None, actor_id: int | None, now: datetime
) -> Rule | Refusal | None:
    """The stored rule, a new one for `rule_id` None; the reasons against it; or None when there is no such rule.

    Checked inside the transaction that writes it, so two that arrive at once cannot both be the hundredth.
    """
    with one_transaction():
        one_at_a_time([project.pk])
        if rule_id is not None:
            stored = rules_api.one(project.pk, rule_id)
            if stored is None:
                return None
            # Clients that know nothing of tests do not take them away, and a rule that fails them is refused.
            sent = {"tests": stored.rule.data.get("tests"), **sent}
        found = check(catalogue(), rules_api.place(project), sent, rule_id=rule_id)
        if isinstance(found, Refusal):
            return found
        if rule_id is None:
            return rules.add(project, found, actor_id=actor_id, now=now)
        return rules.change(project, rule_id, found, actor_id=actor_id, now=now)

"""Saving an alert rule: load what it may name, decide, write; one transaction, for pages and the API alike."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin.core.rule_check import Draft, Refusal, check, may_stand
from tocsin.pipeline import neglect
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.db import one_at_a_time, one_transaction
from tocsin.store.models import Rule
from tocsin.store.queries import rules_home
from tocsin.store.writes import rules
from tocsin.store.writes.rules import Home

# As Sentry's clients send it with the rule: it is kept however long it does not fire. What is left out stays.
OPT_OUT = "optOutExplicit"


def save(  # noqa: PLR0913 — what is sent, of where, by whom and how
    home: Home,
    sent: Mapping[str, Any],
    *,
    rule_id: int | None,
    actor_id: int | None,
    now: datetime,
    is_typed: bool = False,
    against: Refusal | None = None,
) -> Rule | Refusal | None:
    """The stored rule, a new one for `rule_id` None; the reasons against it; or None when there is no such rule.
    `is_typed` says that it comes from a form; `against` what was found against it already.

    Checked inside the transaction that writes it, so two that arrive at once cannot both be the hundredth.
    """
    with one_transaction():
        one_at_a_time(rules_home.projects(home))
        found = checked(home, sent, rule_id=rule_id, is_typed=is_typed, against=against)
        if found is None or isinstance(found, Refusal):
            return found
        kept = sent.get(OPT_OUT)
        if rule_id is None:
            saved: Rule | None = rules.add(home, found, actor_id=actor_id, now=now)
        else:
            saved = rules.change(home, rule_id, found, actor_id=actor_id, now=now)
        if saved and kept is not None:
            neglect.keep(home, saved.pk, kept=kept, actor_id=actor_id, now=now)
        return saved


def checked(
    home: Home,
    sent: Mapping[str, Any],
    *,
    rule_id: int | None,
    is_typed: bool = False,
    against: Refusal | None = None,
) -> Draft | Refusal | None:
    """What `save` would store, or why it would not; nothing is stored."""
    stored = None if rule_id is None else rules_home.own(home, rule_id)
    if rule_id is not None:
        if stored is None:
            return None
        # Clients that know nothing of tests do not take them away, and a rule that fails them is refused.
        sent = {"tests": stored.data.get("tests"), **sent}
    before = stored.data if stored else None
    place = rules_home.place(home)
    found = check(catalogue(), place, sent, rule_id=rule_id, stored=before, is_typed=is_typed)
    if against is not None:
        return against if isinstance(found, Draft) else found.and_also(against)
    if isinstance(found, Draft) and not isinstance(sent.get(OPT_OUT), bool | None):
        return Refusal({OPT_OUT: ["Say true to keep the rule however long it does not fire, or false."]})
    return found


def switch(home: Home, rule_id: int, *, on: bool, actor_id: int | None, now: datetime) -> Rule | Refusal | None:
    """Switches a rule on or off: the rule; why not (it is so already, another does the same, there are too many);
    or None when there is no such rule."""
    with one_transaction():
        one_at_a_time(rules_home.projects(home))
        rule = rules_home.own(home, rule_id)
        if rule is None:
            return None
        if (rule.status == "active") is on:
            return Refusal({"detail": [f"The rule is {'on' if on else 'off'} already."]})
        refused = may_stand(catalogue(), rules_home.standing(home), rule.environment, rule.data) if on else None
        return refused or rules.switch(home, rule_id, on=on, actor_id=actor_id, now=now)


def keep(
    home: Home, sent: Mapping[str, Any], *, rule: Rule | None, keeps_unknown: bool, now: datetime
) -> tuple[Rule, tuple[str, ...]] | Refusal:
    """The rule as a file says it, written only where it differs; with what of it was marked. In a transaction."""
    rule_id = rule.pk if rule else None
    found = check(catalogue(), rules_home.place(home), sent, rule_id=rule_id, keeps_unknown=keeps_unknown)
    if isinstance(found, Refusal):
        return found
    if rule is None:
        return rules.add(home, found, actor_id=None, now=now), found.marks
    if _is_same(rule, found):
        return rule, found.marks
    draft = replace(found, data={**found.data, "actions": _with_uuids(rule, found.data["actions"])})
    changed = rules.change(home, rule.pk, draft, actor_id=None, now=now)
    return changed or rule, found.marks


def _is_same(rule: Rule, draft: Draft) -> bool:
    stored = {**rule.data, "actions": [_plain(node) for node in rule.data.get("actions", [])]}
    sent = {**draft.data, "actions": [_plain(node) for node in draft.data["actions"]]}
    owners = (rule.owner_user_id, rule.owner_team_id) == (draft.owner_user_id, draft.owner_team_id)
    return owners and (rule.label, rule.environment, stored) == (draft.label, draft.environment, sent)


def _with_uuids(rule: Rule, nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An action that stays keeps its uuid, so that its history stays one."""
    known = [(_plain(node), str(node.get("uuid", ""))) for node in rule.data.get("actions", [])]
    return [{**node, "uuid": next((uuid for one, uuid in known if one == _plain(node)), "")} for node in nodes]


def _plain(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key != "uuid"}

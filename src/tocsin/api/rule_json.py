"""An alert rule as Sentry's clients read it (behaviour §5.8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tocsin.core.fields import InvalidFieldsError, parse
from tocsin.core.neglect import Notice
from tocsin.core.registry import Catalogue
from tocsin.core.rule import DEFAULT_FREQUENCY, GROUP, Unknown, read_node
from tocsin.core.rule_snooze import of_everyone, of_persons
from tocsin.core.rule_words import line, sentence
from tocsin.store.models import Project, Rule, User
from tocsin.store.queries.neglect import notice
from tocsin.store.queries.rules_api import Shown

REMOVED = "[removed]"


@dataclass(frozen=True, slots=True)
class Words:
    """What turns a node into a sentence: the catalogue and its integrations' names; and who reads."""

    catalogue: Catalogue
    integrations: Mapping[str, str]
    viewer: int
    now: datetime


def as_json(shown: Shown, project: Project | None, words: Words) -> dict[str, Any]:
    """All keys that clients know, always; an id is text, `frequency` minutes. `project` is where it is read."""
    rule, data = shown.rule, shown.rule.data
    return {
        "id": str(rule.pk),
        "name": rule.label,
        "environment": rule.environment or None,
        "owner": _owner(rule),
        "actionMatch": data.get("actionMatch", "all"),
        "filterMatch": data.get("filterMatch", "all"),
        "frequency": data.get("frequency", DEFAULT_FREQUENCY),
        "conditions": _nodes(data.get("conditions", ()), words),
        "filters": _nodes(data.get("filters", ()), words),
        "actions": _nodes(data.get("actions", ()), words),
        "dateCreated": moment(rule.date_added),
        "createdBy": _person(rule.created_by),
        "projects": [project.slug] if project else [],
        "allProjects": rule.organization_id is not None,
        "status": rule.status,
        **_snoozed(shown, words),
        **_neglected(shown),
        "lastTriggered": moment(shown.last_triggered),
        **_beyond(data),
        **_health(rule),
        "unchecked": [],
    }


def _snoozed(shown: Shown, words: Words) -> dict[str, Any]:
    """Whether the reader hears nothing of it, and whether nobody does."""
    everyone = of_everyone(shown.snoozes, words.now)
    mine = of_persons(shown.snoozes, words.now).get(words.viewer)
    one = everyone or mine
    return {
        "snooze": one is not None,
        "snoozeForEveryone": everyone is not None,
        "snoozeUntil": moment(one.until) if one else None,
        "snoozeReason": one.reason if one else "",
    }


def _neglected(shown: Shown) -> dict[str, Any]:
    """When it is (or was) switched off because it does not fire, and whether it is kept whatever it does."""
    row = getattr(shown.rule, "neglected", None)
    found = notice(row) if row else Notice()
    holds = found.holds(shown.last_triggered)
    return {
        "disableDate": moment(found.off_at) if holds else None,
        "disableReason": "neglected" if holds else None,
        "optOutExplicit": found.opted_out,
    }


def _beyond(data: Mapping[str, Any]) -> dict[str, Any]:
    """What rules can do that other clients know nothing of."""
    return {
        "environments": data.get("environments", []),
        "excludedEnvironments": data.get("excludedEnvironments", []),
        "wait": data.get("wait", 0),
        "hourlyLimit": data.get("hourlyLimit", 0),
        "tests": data.get("tests", []),
    }


def _health(rule: Rule) -> dict[str, Any]:
    """`errors` counts lines that could not answer, `heldByLimit` firings beyond the hour's limit; both ever."""
    health = getattr(rule, "health", None)
    return {
        "errors": health.errors if health else 0,
        "lastError": health.last_error if health else "",
        "lastErrorAt": moment(health.last_error_at) if health else None,
        "heldByLimit": health.over_limit if health else 0,
    }


def moment(value: datetime | None) -> str | None:
    """ISO 8601 in UTC with a Z, as Sentry writes times."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None


def _owner(rule: Rule) -> str | None:
    if rule.owner_user_id:
        return f"user:{rule.owner_user_id}"
    return f"team:{rule.owner_team_id}" if rule.owner_team_id else None


def _person(user: User | None) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.display_name, "email": user.email} if user else None


def _nodes(nodes: Sequence[Mapping[str, Any]], words: Words) -> list[dict[str, Any]]:
    return [{**node, "name": _name(node, words)} for node in nodes]


def _name(node: Mapping[str, Any], words: Words) -> str:
    wire_id = str(node.get("id", ""))
    if wire_id == GROUP:
        found = read_node(words.catalogue, node)
        return f"[{found.reason}]" if isinstance(found, Unknown) else line(found)
    provider, action = words.catalogue.action(wire_id) or (None, None)
    kind = words.catalogue.condition(wire_id) or action
    if kind is None:
        return f"[unknown: {wire_id}]"
    try:
        options = parse(kind.options, node)
    except InvalidFieldsError as error:
        return f"[{error}]"
    names = {}
    if provider and action and action.integration:
        place = f"{provider.slug}:{getattr(options, action.integration)}"
        names = {action.integration: words.integrations.get(place, REMOVED)}
    return sentence(kind, options, names)

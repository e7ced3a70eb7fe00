"""Whether the lines of a rule may be stored: its conditions, filters and actions, also those within groups."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from tocsin.core.fields import InvalidFieldsError, parse
from tocsin.core.registry import Condition, Phase, Provider
from tocsin.core.rule import GROUP, MATCHES, MOST_DEEP
from tocsin.core.rule_meaning import EMPTY, kept, leaves
from tocsin.core.rule_place import NODES, Checking, Line, whole

MOST_NODES = 50
MOST_LINES = 100  # with those in groups
MOST_LEVELS = 5


def _nodes(
    found: Checking, sent: Mapping[str, Any], key: str, within: Line | None = None
) -> Iterator[tuple[Line, dict[str, Any]]]:
    """Each usable node of a list with what to call it in a reason ("Action 2"); `within` a group, its lines."""
    nodes = sent.get("nodes" if within else key)
    place = within or Line(key.removesuffix("s").capitalize(), key)
    if nodes in EMPTY:
        return
    if not isinstance(nodes, list):
        found.refuse(key, f"{'nodes' if within else key} must be a list.", place.path)
        return
    if len(nodes) > MOST_NODES:
        named = "nodes" if within else key
        found.refuse(key, f"{len(nodes)} {named} are too many; the most is {MOST_NODES}.", place.path)
        return
    for number, node in enumerate(nodes):
        this = Line(f"{place}{', line' if within else ''} {number + 1}", f"{place.path}.{number}")
        if not isinstance(node, dict) or not isinstance(node.get("id"), str) or not node["id"]:
            found.refuse(key, f"{this} has no id.", this.path)
        elif not storable({**node, "nodes": None} if node["id"] == GROUP else node):
            reason = f"{this} holds a NUL character or is nested deeper than {MOST_LEVELS} levels."
            found.refuse(key, reason, this.path)
        else:
            yield this, kept(node)


def lines_of(data: Mapping[str, Any]) -> frozenset[str]:
    """The single lines of a stored rule, as they are spelt."""
    lines = (one for key in NODES for one in data.get(key, ()) if isinstance(one, Mapping))
    return frozenset(map(_spelt, leaves(lines)))


def _spelt(node: Mapping[str, Any]) -> str:
    return json.dumps(kept(node), sort_keys=True)


def storable(value: object, level: int = 0) -> bool:
    """Whether JSON can be kept: without NUL characters, which PostgreSQL refuses, and not nested too deep."""
    if isinstance(value, str):
        return "\x00" not in value
    if isinstance(value, dict | list):
        inner = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        return level < MOST_LEVELS and all(storable(item, level + 1) for item in inner)
    return True


def tests(found: Checking, sent: Mapping[str, Any], key: str) -> Iterator[tuple[Phase, dict[str, Any]]]:
    """Conditions and filters, each by its own phase: old clients send filters among the conditions."""
    phase = Phase.WHEN if key == "conditions" else Phase.IF
    sent_nodes = sent.get(key)
    lines = leaves(node for node in sent_nodes if isinstance(node, Mapping)) if isinstance(sent_nodes, list) else ()
    if len(list(islice(lines, MOST_LINES + 1))) > MOST_LINES:
        found.refuse(key, f"More than {MOST_LINES} {key} are too many, those in groups counted.")
        return
    for called, node in _nodes(found, sent, key):
        if node["id"] == GROUP:
            if _group(found, key, called, node, MOST_DEEP) or found.keeps:
                yield phase, node
            continue
        condition = found.catalogue.condition(node["id"])
        if condition is not None and (_test(found, key, called, condition, node) or found.keeps):
            yield condition.phase_of(node["id"]), node
        elif condition is None and _stays(found, key, called, "condition or filter", node):
            yield (Phase.IF if ".filters." in node["id"] else phase), node


def _test(found: Checking, key: str, called: Line, condition: Condition, node: Mapping[str, Any]) -> bool:
    options = _options(found, key, called, condition.options, node)
    if options is None:
        return False
    _target(found, key, called, options)
    return True


def _group(found: Checking, key: str, called: Line, node: dict[str, Any], deep: int) -> bool:
    """Whether a group can be asked; its lines are checked as lines outside are."""
    if not deep:
        found.refuse(key, f"{called}: groups may be nested {MOST_DEEP} deep, not deeper.", called.path)
        return False
    if node.get("match", "all") not in MATCHES:
        reason = f"{called}: match must be one of {', '.join(MATCHES)}, not {node['match']!r:.40}."
        found.refuse(key, reason, f"{called.path}.match")
        return False
    if not node.get("nodes"):
        found.refuse(key, f"{called}: add a line to the group, or remove it.", called.path)
        return False
    good = True
    lines = []
    for inner, line in _nodes(found, node, key, called):
        lines.append(line)
        good = _line(found, key, inner, line, deep - 1) and good
    node["nodes"] = lines
    return good and bool(lines)


def _line(found: Checking, key: str, called: Line, node: dict[str, Any], deep: int) -> bool:
    """Whether a line within a group may stand there."""
    if node["id"] == GROUP:
        return _group(found, key, called, node, deep)
    condition = found.catalogue.condition(node["id"])
    if condition is None:
        return _stays(found, key, called, "condition or filter", node)
    return _test(found, key, called, condition, node)


def actions(found: Checking, sent: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What the rule does, each by its provider's own options; at least one."""
    if sent.get("actions") in EMPTY:
        found.refuse("actions", "Say what the rule does: at least one action.")
    for called, node in _nodes(found, sent, "actions"):
        action = found.catalogue.action(node["id"])
        if action is None:
            if _stays(found, "actions", called, "action", node):
                yield node
            continue
        provider, kind = action
        options = _options(found, "actions", called, kind.options, node)
        if options is not None:
            _target(found, "actions", called, options)
            if kind.integration:
                _integration(found, called, provider, kind.integration, getattr(options, kind.integration))
        if options is not None or found.keeps:
            yield node


def _options(found: Checking, key: str, called: Line, declared: type[Any], node: Mapping[str, Any]) -> Any | None:
    try:
        return parse(declared, node)
    except InvalidFieldsError as error:
        at = {f"{called.path}.{name}": reason for name, reason in error.reasons.items()}
        found.refuse(key, f"{called}: {' '.join(error.reasons.values())}", at)
        return None


def _target(found: Checking, key: str, called: Line, options: Any) -> None:
    """Someone who is not on the project could never be told, so saying so now beats silence later."""
    identifier = whole(getattr(options, "targetIdentifier", None))
    at = f"{called.path}.targetIdentifier"
    match getattr(options, "targetType", ""):
        case "Member" if identifier not in found.place.project_members:
            found.refuse(key, f"{called}: choose a member of one of the project's teams.", at)
        case "Team" if identifier not in found.place.project_teams:
            found.refuse(key, f"{called}: choose a team of the project.", at)


def _integration(found: Checking, called: Line, provider: Provider, option: str, sent: object) -> None:
    number = whole(sent)
    if number is None or found.place.integrations.get(number) != provider.slug:
        reason = f"{called}: this organization has no {provider.name} integration {sent!r}; connect one."
        found.refuse("actions", reason, f"{called.path}.{option}")


def _stays(found: Checking, key: str, called: Line, kind: str, node: Mapping[str, Any]) -> bool:
    """Whether a line of a kind that is not known stays: as part of the rule as it is stored it does."""
    reason = f"{called}: there is no {kind} {node['id']!r:.200}."
    if _spelt(node) in found.stored:
        found.marks.append(reason)
        return True
    found.refuse(key, reason, called.path)
    return found.keeps

"""An alert rule, parsed once from what API clients send (behaviour §5) and then only read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tocsin.core.fields import InvalidFieldsError, parse
from tocsin.core.registry import Catalogue, Condition, Phase, Provider, RuleAction

MATCHES = ("all", "any", "none")
FREQUENCY_MINUTES = (5, 43200)
DEFAULT_FREQUENCY = 30
LABEL_LENGTH = 256


@dataclass(frozen=True, slots=True)
class Test:
    """One condition or filter with its options."""

    condition: Condition
    options: Any


@dataclass(frozen=True, slots=True)
class Action:
    """One line of "then", with the node as it is on the wire (its uuid included)."""

    provider: Provider
    kind: RuleAction
    options: Any
    uuid: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A stored node that this product cannot run: kept, shown, and never dropped silently."""

    wire_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """`environment` is a name, or "" for all. `broken` lists nodes that cannot run; a rule with a
    broken condition or filter does not fire."""

    id: int
    project_id: int
    label: str
    environment: str
    action_match: str
    filter_match: str
    frequency: timedelta
    conditions: tuple[Test, ...]
    filters: tuple[Test, ...]
    actions: tuple[Action, ...]
    broken: tuple[Unknown, ...] = ()
    broken_actions: tuple[Unknown, ...] = ()


def compile_rule(  # noqa: PLR0913 — a rule is its columns
    catalogue: Catalogue,
    *,
    rule_id: int,
    project_id: int,
    label: str,
    environment: str,
    data: Mapping[str, Any],
) -> Rule:
    """The runnable form of a stored rule. Never raises: what cannot run is listed in `broken`."""
    tests, broken = _tests(catalogue, [*_nodes(data, "conditions"), *_nodes(data, "filters")])
    actions, broken_actions = _actions(catalogue, _nodes(data, "actions"))
    return Rule(
        id=rule_id,
        project_id=project_id,
        label=label,
        environment=environment,
        action_match=str(data.get("actionMatch", "all")),
        filter_match=str(data.get("filterMatch", "all")),
        frequency=timedelta(minutes=_minutes(data.get("frequency"))),
        conditions=tuple(test for phase, test in tests if phase is Phase.WHEN),
        filters=tuple(test for phase, test in tests if phase is Phase.IF),
        actions=actions,
        broken=broken,
        broken_actions=broken_actions,
    )


def _nodes(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The lines under a key; what is no line at all stands there as one without an id, which is broken."""
    found = data.get(key)
    return [node if isinstance(node, Mapping) else {} for node in found] if isinstance(found, list | tuple) else []


def _minutes(stored: object) -> float:
    """A frequency as the API may have stored it; the default for what is none."""
    try:
        minutes = float(str(stored))
    except ValueError:
        return DEFAULT_FREQUENCY
    return minutes if 0 <= minutes <= FREQUENCY_MINUTES[1] else DEFAULT_FREQUENCY


def _tests(
    catalogue: Catalogue, nodes: Sequence[Mapping[str, Any]]
) -> tuple[list[tuple[Phase, Test]], tuple[Unknown, ...]]:
    tests: list[tuple[Phase, Test]] = []
    broken: list[Unknown] = []
    for node in nodes:
        wire_id = str(node.get("id", ""))
        condition = catalogue.condition(wire_id)
        if condition is None:
            broken.append(Unknown(wire_id, f"there is no condition or filter {wire_id!r}"))
            continue
        try:
            tests.append((condition.phase_of(wire_id), Test(condition, parse(condition.options, node))))
        except InvalidFieldsError as error:
            broken.append(Unknown(wire_id, str(error)))
    return tests, tuple(broken)


def _actions(
    catalogue: Catalogue, nodes: Sequence[Mapping[str, Any]]
) -> tuple[tuple[Action, ...], tuple[Unknown, ...]]:
    actions: list[Action] = []
    broken: list[Unknown] = []
    for node in nodes:
        wire_id = str(node.get("id", ""))
        found = catalogue.action(wire_id)
        if found is None:
            broken.append(Unknown(wire_id, f"there is no action {wire_id!r}"))
            continue
        provider, kind = found
        try:
            options = parse(kind.options, node)
        except InvalidFieldsError as error:
            broken.append(Unknown(wire_id, str(error)))
            continue
        actions.append(Action(provider, kind, options, str(node.get("uuid", ""))))
    return tuple(actions), tuple(broken)

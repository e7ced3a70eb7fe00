"""An alert rule, parsed once from what API clients send (behaviour §5) and then only read."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tocsin.core.environments import EVERYWHERE, Environments, environments
from tocsin.core.facts import MATCHING_USERS, SEEN_ELSEWHERE, SESSIONS, Need
from tocsin.core.fields import InvalidFieldsError, as_mapping, parse
from tocsin.core.registry import Catalogue, Condition, Phase, Provider, RuleAction
from tocsin.core.rule_snooze import RuleSnooze

MATCHES = ("all", "any", "none")
FREQUENCY_MINUTES = (5, 43200)
DEFAULT_FREQUENCY = 30
WAIT_MINUTES = (1, 10080)
HOURLY_LIMIT = (1, 10_000)
LABEL_LENGTH = 256
GROUP = "tocsin.conditions.Group"
MOST_DEEP = 5  # groups within groups


@dataclass(frozen=True, slots=True)
class Test:
    """One condition or filter with its options."""

    condition: Condition
    options: Any


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that answer as one: all, any or none of them hold. Groups may hold groups."""

    match: str
    nodes: tuple["Test | Group", ...]


Node = Test | Group


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
    """`broken` lists nodes that cannot run; a rule with a broken condition or filter does not fire.

    With a `wait`, what matched is asked again after it and fires if it is still so. `hourly_limit` is how often the
    rule may fire in an hour whatever the issue, 0 for as often as it likes. `needs` are the facts to fetch before
    it can be decided; `filters_key` names what its filters let pass, "" where nobody asks. `knows_when`: its
    conditions need none of them. `only_with` is a tag and a value without which it fires for no event. `snoozes`
    are those that nobody has ended yet.
    """

    id: int
    project_id: int
    label: str
    action_match: str
    filter_match: str
    frequency: timedelta
    conditions: tuple[Node, ...]
    filters: tuple[Node, ...]
    actions: tuple[Action, ...]
    broken: tuple[Unknown, ...] = ()
    broken_actions: tuple[Unknown, ...] = ()
    where: Environments = EVERYWHERE
    wait: timedelta = timedelta()
    hourly_limit: int = 0
    needs: frozenset[Need] = frozenset()
    filters_key: str = ""
    hears_activities: bool = False
    knows_when: bool = False
    only_with: tuple[str, str] | None = None
    snoozes: tuple[RuleSnooze, ...] = ()

    @property
    def ages(self) -> bool:
        """Whether what it counts may come to hold by time alone."""
        return any(need.before or need.name == SESSIONS for need in self.needs)

    @property
    def tests(self) -> Iterator[Test]:
        """Every condition and filter, those in groups too."""
        return tests_in((*self.conditions, *self.filters))


def tests_in(nodes: Sequence[Node]) -> Iterator[Test]:
    """The single lines among nodes, however deep in groups."""
    for node in nodes:
        if isinstance(node, Group):
            yield from tests_in(node.nodes)
        else:
            yield node


def compile_rule(  # noqa: PLR0913 — a rule is its columns
    catalogue: Catalogue,
    *,
    rule_id: int,
    project_id: int,
    label: str,
    environment: str,
    data: Mapping[str, Any],
    snoozes: tuple[RuleSnooze, ...] = (),
) -> Rule:
    """The runnable form of a stored rule. Never raises: what cannot run is listed in `broken`."""
    tests, broken = _tests(catalogue, data)
    actions, broken_actions = _actions(catalogue, _nodes(data, "actions"))
    conditions = tuple(test for phase, test in tests if phase is Phase.WHEN)
    filters = tuple(test for phase, test in tests if phase is Phase.IF)
    where = environments(environment, data.get("environments"), data.get("excludedEnvironments"))
    needs = _needs((*conditions, *filters), where)
    match = str(data.get("filterMatch", "all"))
    return Rule(
        id=rule_id,
        project_id=project_id,
        label=label,
        action_match=str(data.get("actionMatch", "all")),
        filter_match=match,
        frequency=timedelta(minutes=_minutes(data.get("frequency"))),
        conditions=conditions,
        filters=filters,
        actions=actions,
        broken=broken,
        broken_actions=broken_actions,
        where=where,
        wait=timedelta(minutes=_whole(data.get("wait"), WAIT_MINUTES[1])),
        hourly_limit=_whole(data.get("hourlyLimit"), HOURLY_LIMIT[1]),
        needs=needs,
        filters_key=_key(match, filters) if any(need.name == MATCHING_USERS for need in needs) else "",
        hears_activities=any(test.condition.hears_activities for test in tests_in(conditions)),
        knows_when=not any(test.condition.needs(test.options) for test in tests_in(conditions)),
        only_with=_only_with(filters) if match == "all" else None,
        snoozes=snoozes,
    )


def _only_with(filters: Sequence[Node]) -> tuple[str, str] | None:
    """What the first of the filters, which all have to hold, says of it."""
    said = (one.condition.only_with(one.options) for one in filters if isinstance(one, Test))
    return next(filter(None, said), None)


def _needs(nodes: Sequence[Node], where: Environments) -> frozenset[Need]:
    needs = {need for test in tests_in(nodes) for need in test.condition.needs(test.options)}
    return frozenset(needs if where == EVERYWHERE or where.is_one else {*needs, SEEN_ELSEWHERE})


def _key(match: str, filters: Sequence[Node]) -> str:
    """The same for filters that let the same events pass; 16 hex."""
    return hashlib.sha256(json.dumps([match, *sorted(map(_said, filters))]).encode()).hexdigest()[:16]


def _said(node: Node) -> str:
    if isinstance(node, Group):
        return json.dumps([GROUP, node.match, sorted(map(_said, node.nodes))])
    return json.dumps([node.condition.ids[0], as_mapping(node.options)], sort_keys=True)


def _whole(stored: object, most: int) -> int:
    """A whole number as the API may have stored it, 0 for what is none."""
    text = str(stored)
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


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


def _tests(catalogue: Catalogue, data: Mapping[str, Any]) -> tuple[list[tuple[Phase, Node]], tuple[Unknown, ...]]:
    tests: list[tuple[Phase, Node]] = []
    broken: list[Unknown] = []
    for key, phase in (("conditions", Phase.WHEN), ("filters", Phase.IF)):
        for node in _nodes(data, key):
            found = read_node(catalogue, node)
            if isinstance(found, Unknown):
                broken.append(found)
            else:
                wire_id = str(node["id"])
                own = found.condition.phase_of(wire_id) if isinstance(found, Test) else phase
                tests.append((own, found))
    return tests, tuple(broken)


def read_node(catalogue: Catalogue, node: Mapping[str, Any], deep: int = MOST_DEEP) -> Node | Unknown:
    """A line as it can be asked, or why it cannot."""
    wire_id = str(node.get("id", ""))
    if wire_id == GROUP:
        return _group(catalogue, node, deep)
    condition = catalogue.condition(wire_id)
    if condition is None:
        return Unknown(wire_id, f"there is no condition or filter {wire_id!r}")
    try:
        options = parse(condition.options, node)
        # Each event asks this again; here, whether it can be asked at all.
        _ = [*condition.needs(options), condition.only_with(options)]
    except InvalidFieldsError as error:
        return Unknown(wire_id, str(error))
    except Exception as error:  # noqa: BLE001 — a condition may come from anyone, and is one line of one rule
        return Unknown(wire_id, f"{type(error).__name__}: {error}")
    return Test(condition, options)


def _group(catalogue: Catalogue, node: Mapping[str, Any], deep: int) -> Group | Unknown:
    """A group with a line that cannot run cannot run itself."""
    match, lines = node.get("match", "all"), _nodes(node, "nodes")
    if match not in MATCHES:
        return Unknown(GROUP, f"match must be one of {', '.join(MATCHES)}, not {match!r}")
    if not deep or not lines:
        return Unknown(GROUP, f"groups are nested {MOST_DEEP} deep at most" if not deep else "a group needs nodes")
    nodes = []
    for line in lines:
        found = read_node(catalogue, line, deep - 1)
        if isinstance(found, Unknown):
            return found
        nodes.append(found)
    return Group(match, tuple(nodes))


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

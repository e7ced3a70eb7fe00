"""Whether a rule as a client or a form sends it may be stored, and if not, why, key by key (behaviour §5.8)."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tocsin.core import environments, rule_case
from tocsin.core.facts import MATCHING_USERS
from tocsin.core.fields import InvalidFieldsError, parse
from tocsin.core.registry import Catalogue, Condition, Phase, Provider
from tocsin.core.rule import (
    DEFAULT_FREQUENCY,
    FREQUENCY_MINUTES,
    GROUP,
    HOURLY_LIMIT,
    LABEL_LENGTH,
    MATCHES,
    MOST_DEEP,
    WAIT_MINUTES,
    Group,
    Node,
    Test,
    compile_rule,
)
from tocsin.core.rule_meaning import EMPTY, is_slow, kept, leaves, meaning

NODES = ("conditions", "filters", "actions")
MOST_SLOW = 100
MOST_FAST = 500
MOST_NODES = 50
MOST_LINES = 100  # with those in groups
MOST_BYTES = 65_536
MOST_LEVELS = 5

_OWNER = re.compile(r"(user|team):([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Standing:
    """An active rule that the project has already."""

    id: int
    label: str
    environment: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """All that a rule may name, looked up through its own organization and project.

    `members` and `teams` may own a rule; `project_members` and `project_teams` may be told by it.
    `integrations` maps an id to its provider.
    """

    environments: frozenset[str] = frozenset()
    members: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    project_members: frozenset[int] = frozenset()
    project_teams: frozenset[int] = frozenset()
    integrations: Mapping[int, str] = field(default_factory=dict)
    rules: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that may be stored. `data` has the nodes as on the wire, without names and empty values. `marks` say
    which of them were kept although they cannot run."""

    label: str
    environment: str
    data: dict[str, Any]
    owner_user_id: int | None = None
    owner_team_id: int | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, by key; `duplicate_of` is the id of the rule that says the same already.

    `at` has the same reasons by the field that they are about: "frequency", "conditions.1.value" (the second
    condition's), "actions.0" (all of the first action), "conditions.0.2.key" (a line within a group), "tests.3".
    """

    reasons: Mapping[str, list[str]]
    duplicate_of: int | None = None
    at: Mapping[str, str] = field(default_factory=dict, compare=False)

    def as_json(self) -> dict[str, list[str] | list[int]]:
        """As on Sentry's wire: `ruleId` is the rule that says the same."""
        duplicate = {} if self.duplicate_of is None else {"ruleId": [self.duplicate_of]}
        return {**self.reasons, **duplicate}

    def and_also(self, other: "Refusal") -> "Refusal":
        """Both, as one."""
        keys = dict.fromkeys((*self.reasons, *other.reasons))
        reasons = {key: [*self.reasons.get(key, ()), *other.reasons.get(key, ())] for key in keys}
        return Refusal(reasons, self.duplicate_of or other.duplicate_of, {**other.at, **self.at})


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is checked: what reasons call it ("Action 2"), and where it stands ("actions.1")."""

    words: str
    path: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class _Check:
    catalogue: Catalogue
    place: Place
    keeps: bool = False  # lines that cannot run here are kept and marked
    stored: frozenset[str] = frozenset()  # lines that the rule has already
    is_typed: bool = False  # by a person, to whom a limit of 0 says "never"
    reasons: dict[str, list[str]] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)

    def refuse(self, key: str, reason: str, at: str | Mapping[str, str] = "") -> None:
        """`at` is the field that the reason is about, the key itself if nothing is said; or a reason for each."""
        if self.keeps and key in NODES:
            self.marks.append(reason)
            return
        self.reasons.setdefault(key, []).append(reason)
        for path, said in at.items() if isinstance(at, Mapping) else [(at or key, reason)]:
            self.at[path] = f"{self.at[path]} {said}" if path in self.at else said

    def unknown(self, key: str, called: _Line, kind: str, node: Mapping[str, Any]) -> bool:
        """Whether a line of a kind that is not known stays: as part of the rule as it is stored it does."""
        reason = f"{called}: there is no {kind} {node['id']!r:.200}."
        if _spelt(node) in self.stored:
            self.marks.append(reason)
            return True
        self.refuse(key, reason, called.path)
        return self.keeps


def check(  # noqa: PLR0913 — what is sent, of where, and what it takes the place of
    catalogue: Catalogue,
    place: Place,
    sent: Mapping[str, Any],
    *,
    rule_id: int | None = None,
    stored: Mapping[str, Any] | None = None,
    keeps_unknown: bool = False,
    is_typed: bool = False,
) -> Draft | Refusal:
    """The rule to store, or every reason against it. `rule_id` is the rule that it replaces, if any, and `stored`
    what that one does: lines of its that nobody knows here, as they came from elsewhere, may stay.

    With `keeps_unknown`, as for rules from elsewhere, what is wrong with single lines is marked and not refused.
    With `is_typed`, as from a form, an hourly limit of 0 is refused; for other clients it says that there is none.
    """
    found = _Check(catalogue, place, keeps_unknown, _lines_of(stored or {}), is_typed)
    label = _label(found, sent.get("name"))
    environment = _environment(found, sent.get("environment"))
    owner_user_id, owner_team_id = _owner(found, sent.get("owner"))
    tests = [*_tests(found, sent, "conditions"), *_tests(found, sent, "filters")]
    only = _environments(found, sent, "environments", must_exist=True)
    never = _environments(found, sent, "excludedEnvironments", must_exist=False)
    _is_somewhere(found, [one for one in (environment, *only) if one], never)
    data: dict[str, Any] = {
        "conditions": [node for phase, node in tests if phase is Phase.WHEN],
        "filters": [node for phase, node in tests if phase is Phase.IF],
        "actions": list(_actions(found, sent)),
        "actionMatch": _match(found, sent, "actionMatch"),
        "filterMatch": _match(found, sent, "filterMatch"),
        "frequency": _frequency(found, sent.get("frequency")),
        **{name: value for name, value in _beyond(found, sent) if value},
        **({"environments": only} if only else {}),
        **({"excludedEnvironments": never} if never else {}),
    }
    _can_hold(found, data, is_everywhere=not (environment or only or never))
    _cases(found, sent.get("tests"), environment, data)
    if not found.reasons and len(json.dumps(data)) > MOST_BYTES:
        found.refuse("nonFieldErrors", f"The rule is longer than {MOST_BYTES} bytes of JSON.")
    if found.reasons:
        return Refusal(found.reasons, at=found.at)
    return _beside_others(
        found, Draft(label, environment, data, owner_user_id, owner_team_id, tuple(found.marks)), rule_id
    )


def _label(found: _Check, sent: object) -> str:
    if not isinstance(sent, str) or not sent.strip():
        found.refuse("name", "Give the rule a name.")
        return ""
    label = sent.strip()
    if len(label) > LABEL_LENGTH:
        found.refuse("name", f"The name has {len(label)} characters; the most is {LABEL_LENGTH}.")
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in label):
        found.refuse("name", "The name must be one line without control characters.")
    return label


def _environment(found: _Check, sent: object) -> str:
    if sent in EMPTY:
        return ""
    if not isinstance(sent, str) or sent not in found.place.environments:
        found.refuse(
            "environment", f"The project has no environment {sent!r:.80}; one exists once an event names it."
        )
        return ""
    return sent


def _owner(found: _Check, sent: object) -> tuple[int | None, int | None]:
    if sent in EMPTY:
        return None, None
    matched = _OWNER.fullmatch(sent) if isinstance(sent, str) else None
    if matched is None:
        found.refuse("owner", 'The owner must look like "user:7" or "team:3".')
        return None, None
    kind, number = matched[1], int(matched[2])
    if kind == "user" and number in found.place.members:
        return number, None
    if kind == "team" and number in found.place.teams:
        return None, number
    words = "is no member of this organization" if kind == "user" else "is no team of this organization"
    found.refuse("owner", f"{sent} {words}.")
    return None, None


def _match(found: _Check, sent: Mapping[str, Any], key: str) -> str:
    value = sent.get(key)
    if value in EMPTY:
        if key == "filterMatch" and sent.get("filters"):
            found.refuse(key, f"Say how the filters combine: {', '.join(MATCHES)}.")
        return "all"
    if value not in MATCHES:
        found.refuse(key, f"{key} must be one of {', '.join(MATCHES)}, not {value!r:.80}.")
        return "all"
    return str(value)


def _frequency(found: _Check, sent: object) -> int:
    if sent in EMPTY:
        return DEFAULT_FREQUENCY
    least, most = FREQUENCY_MINUTES
    minutes = _number(sent)
    if minutes is None or not least <= minutes <= most:
        found.refuse("frequency", f"The frequency must be {least} to {most} whole minutes, not {sent!r:.40}.")
        return DEFAULT_FREQUENCY
    return minutes


def _beyond(found: _Check, sent: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The wait and the limit for an hour, 0 for none."""
    for key, called, of, (least, most) in (
        ("wait", "wait", "minutes", WAIT_MINUTES),
        ("hourlyLimit", "limit", "times an hour", HOURLY_LIMIT),
    ):
        value = sent.get(key)
        number = 0 if value in EMPTY else _number(value)
        if number is None or (number and not least <= number <= most):
            found.refuse(
                key,
                f"The {called} must be a whole number, {least} to {most} {of}, not {value!r:.40}; "
                f"leave it empty for no {called}.",
            )
        elif found.is_typed and key == "hourlyLimit" and number == 0 and value not in EMPTY:
            found.refuse(
                key, "0 times an hour would be never; leave it empty for no limit, or switch the rule off."
            )
        else:
            yield key, number


def _environments(found: _Check, sent: Mapping[str, Any], key: str, *, must_exist: bool) -> list[str]:
    given = sent.get(key)
    if given in EMPTY:
        return []
    if not isinstance(given, list) or len(given) > environments.MOST or not all(map(_is_environment, given)):
        found.refuse(key, f"{key} must be a list of at most {environments.MOST} names of environments.")
        return []
    unknown = [name for name in given if name not in found.place.environments] if must_exist else []
    for name in unknown:
        found.refuse(key, f"The project has no environment {name!r}; one exists once an event names it.")
    return list(dict.fromkeys(given))


def _is_somewhere(found: _Check, only: Sequence[str], never: Sequence[str]) -> None:
    """Refuses a rule that leaves out all that it watches."""
    if only and set(only) <= set(never):
        named = " and ".join(dict.fromkeys(only))
        reason = f"With {named} left out as well, the rule watches no environment and would never fire."
        found.refuse("excludedEnvironments", reason)


def _is_environment(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= environments.NAME_LENGTH and name.isprintable()


def _can_hold(found: _Check, data: Mapping[str, Any], *, is_everywhere: bool) -> None:
    """Refuses what could never fire, so that nobody waits for it."""
    if found.reasons:
        return
    compiled = compile_rule(found.catalogue, rule_id=0, project_id=0, label="", environment="", data=data)
    for states in _states(data["actionMatch"], compiled.conditions):
        # What is new in one environment may well be a regression elsewhere.
        if len(states) > 1 and is_everywhere:
            words = " and ".join(sorted(states))
            found.refuse("conditions", f"An issue cannot be {words} at once, so the rule would never fire.")
    is_matching = any(need.name == MATCHING_USERS for need in compiled.needs)
    if is_matching and data["filterMatch"] == "any" and len(compiled.filters) > 1:
        found.refuse(
            "filterMatch", "Users of events that pass the filters are counted for all or none of them, not any."
        )


def _cases(found: _Check, sent: object, environment: str, data: dict[str, Any]) -> None:
    """The rule's tests, kept with it; one that fails refuses the rule."""
    if not _storable(sent, -1):
        found.refuse("tests", f"tests hold a NUL character or are nested deeper than {MOST_LEVELS} levels.")
        return
    try:
        cases = rule_case.cases(sent)
    except rule_case.BadCaseError as error:
        found.refuse("tests", str(error))
        return
    if not cases or found.reasons:
        return
    rule = compile_rule(found.catalogue, rule_id=0, project_id=0, label="", environment=environment, data=data)
    for number, one in enumerate(rule_case.tested(rule, cases, rule_case.A_MOMENT)):
        if not one.holds:
            found.refuse("tests", f"“{one.case.name}” fails: {one.reason}", f"tests.{number}")
    data["tests"] = sent


def _states(match: str, nodes: Sequence[Node]) -> Iterator[set[str]]:
    """For each place where all must hold, what the issue would have to be at once."""
    if match == "all":
        yield {node.condition.state for node in _together(nodes) if isinstance(node, Test)} - {""}
    for node in nodes:
        if isinstance(node, Group):
            yield from _states(node.match, node.nodes)


def _together(nodes: Sequence[Node]) -> Iterator[Node]:
    """The lines that must hold with each other: those of groups that need all of theirs, or have but one, too."""
    for node in nodes:
        if isinstance(node, Group) and (node.match == "all" or (node.match == "any" and len(node.nodes) == 1)):
            yield from _together(node.nodes)
        else:
            yield node


def _nodes(
    found: _Check, sent: Mapping[str, Any], key: str, within: _Line | None = None
) -> Iterator[tuple[_Line, dict[str, Any]]]:
    """Each usable node of a list with what to call it in a reason ("Action 2"); `within` a group, its lines."""
    nodes = sent.get("nodes" if within else key)
    place = within or _Line(key.removesuffix("s").capitalize(), key)
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
        this = _Line(f"{place}{', line' if within else ''} {number + 1}", f"{place.path}.{number}")
        if not isinstance(node, dict) or not isinstance(node.get("id"), str) or not node["id"]:
            found.refuse(key, f"{this} has no id.", this.path)
        elif not _storable({**node, "nodes": None} if node["id"] == GROUP else node):
            reason = f"{this} holds a NUL character or is nested deeper than {MOST_LEVELS} levels."
            found.refuse(key, reason, this.path)
        else:
            yield this, kept(node)


def _lines_of(data: Mapping[str, Any]) -> frozenset[str]:
    """The single lines of a stored rule, as they are spelt."""
    lines = (one for key in NODES for one in data.get(key, ()) if isinstance(one, Mapping))
    return frozenset(map(_spelt, leaves(lines)))


def _spelt(node: Mapping[str, Any]) -> str:
    return json.dumps(kept(node), sort_keys=True)


def _storable(value: object, level: int = 0) -> bool:
    if isinstance(value, str):
        return "\x00" not in value
    if isinstance(value, dict | list):
        inner = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        return level < MOST_LEVELS and all(_storable(item, level + 1) for item in inner)
    return True


def _tests(found: _Check, sent: Mapping[str, Any], key: str) -> Iterator[tuple[Phase, dict[str, Any]]]:
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
        elif condition is None and found.unknown(key, called, "condition or filter", node):
            yield (Phase.IF if ".filters." in node["id"] else phase), node


def _test(found: _Check, key: str, called: _Line, condition: Condition, node: Mapping[str, Any]) -> bool:
    options = _options(found, key, called, condition.options, node)
    if options is None:
        return False
    _target(found, key, called, options)
    return True


def _group(found: _Check, key: str, called: _Line, node: dict[str, Any], deep: int) -> bool:
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


def _line(found: _Check, key: str, called: _Line, node: dict[str, Any], deep: int) -> bool:
    """Whether a line within a group may stand there."""
    if node["id"] == GROUP:
        return _group(found, key, called, node, deep)
    condition = found.catalogue.condition(node["id"])
    if condition is None:
        return found.unknown(key, called, "condition or filter", node)
    return _test(found, key, called, condition, node)


def _actions(found: _Check, sent: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if sent.get("actions") in EMPTY:
        found.refuse("actions", "Say what the rule does: at least one action.")
    for called, node in _nodes(found, sent, "actions"):
        action = found.catalogue.action(node["id"])
        if action is None:
            if found.unknown("actions", called, "action", node):
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


def _options(found: _Check, key: str, called: _Line, declared: type[Any], node: Mapping[str, Any]) -> Any | None:
    try:
        return parse(declared, node)
    except InvalidFieldsError as error:
        at = {f"{called.path}.{name}": reason for name, reason in error.reasons.items()}
        found.refuse(key, f"{called}: {' '.join(error.reasons.values())}", at)
        return None


def _target(found: _Check, key: str, called: _Line, options: Any) -> None:
    """Someone who is not on the project could never be told, so saying so now beats silence later."""
    identifier = _number(getattr(options, "targetIdentifier", None))
    at = f"{called.path}.targetIdentifier"
    match getattr(options, "targetType", ""):
        case "Member" if identifier not in found.place.project_members:
            found.refuse(key, f"{called}: choose a member of one of the project's teams.", at)
        case "Team" if identifier not in found.place.project_teams:
            found.refuse(key, f"{called}: choose a team of the project.", at)


def _integration(found: _Check, called: _Line, provider: Provider, option: str, sent: object) -> None:
    number = _number(sent)
    if number is None or found.place.integrations.get(number) != provider.slug:
        reason = f"{called}: this organization has no {provider.name} integration {sent!r}; connect one."
        found.refuse("actions", reason, f"{called.path}.{option}")


def _number(sent: object) -> int | None:
    text = str(sent) if isinstance(sent, str | int) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _beside_others(found: _Check, draft: Draft, rule_id: int | None) -> Draft | Refusal:
    others = [rule for rule in found.place.rules if rule.id != rule_id]
    return may_stand(found.catalogue, others, draft.environment, draft.data) or draft


def may_stand(
    catalogue: Catalogue, others: Sequence[Standing], environment: str, data: Mapping[str, Any]
) -> Refusal | None:
    """Why a rule may not be active beside others: one of them does the same, or they are as many as may be."""
    mine = meaning(catalogue, environment, data)
    for rule in others:
        if meaning(catalogue, rule.environment, rule.data) == mine:
            reason = f"The rule “{rule.label}” does exactly the same already."
            return Refusal({"name": [reason]}, duplicate_of=rule.id)
    slow = is_slow(catalogue, data)
    alike = sum(is_slow(catalogue, rule.data) is slow for rule in others)
    most = MOST_SLOW if slow else MOST_FAST
    if alike >= most:
        which = "rules that count events over time" if slow else "rules"
        return Refusal({"conditions": [f"A project may have at most {most} {which}; delete one first."]})
    return None

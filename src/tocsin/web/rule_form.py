"""The rule editor's form: what a browser sent, as the API would be sent it, and changes of its lines.

A field is named by where it stands: "conditions.1.value" is the second condition's, "filters.0.2.key" that of the
third line in a group. With each line goes what it was before ("conditions.1.kept", JSON), so that what the editor
has no field for is still there afterwards.
"""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from django.http import QueryDict

from tocsin.core.fields import Kind, specs
from tocsin.core.registry import Catalogue
from tocsin.core.rule import GROUP, MOST_DEEP
from tocsin.core.rule_lines import MOST_NODES
from tocsin.core.rule_place import NODES

UNITS = {"1": "minutes", "60": "hours", "1440": "days"}
TARGET = ("targetType", "targetIdentifier")  # one choice on the page

Wire = dict[str, Any]


def read(sent: QueryDict, catalogue: Catalogue) -> Wire:
    """The rule as it is drafted. What is no line is left out; what is wrong with one is for the check to say."""
    only = sent.getlist("environments")
    return {
        "name": sent.get("name", ""),
        "owner": sent.get("owner", ""),
        "environment": only[0] if len(only) == 1 else "",
        "environments": only if len(only) > 1 else [],
        "excludedEnvironments": sent.getlist("excludedEnvironments"),
        "actionMatch": sent.get("actionMatch", "all"),
        "filterMatch": sent.get("filterMatch", "all"),
        "frequency": _minutes(sent, "frequency"),
        "wait": _minutes(sent, "wait"),
        "hourlyLimit": sent.get("hourlyLimit", "").strip(),
        **{key: list(_nodes(sent, catalogue, key, MOST_DEEP)) for key in NODES},
        "tests": [node for _, node in _kept(sent, "tests")],
    }


def split(minutes: object) -> tuple[str, str]:
    """A number of minutes as the form shows it: the number and its unit, the largest that it is whole in."""
    text = str(minutes if minutes is not None else "")
    if not (text.isascii() and text.isdigit()) or not int(text):
        return ("" if text == "0" else text), "1"
    unit = next(unit for unit in ("1440", "60", "1") if int(text) % int(unit) == 0)
    return str(int(text) // int(unit)), unit


def changed(rule: Wire, do: str, catalogue: Catalogue) -> tuple[Wire, str]:
    """The rule with a line added, removed or moved, and the path of the line to go on at; as it was for what makes
    no sense. `do` is add:PATH:SLUG, remove:PATH, up:PATH or down:PATH."""
    verb, _, rest = do.partition(":")
    path, _, slug = rest.partition(":")
    rule = deepcopy(rule)
    if verb == "add":
        lines, node = _lines(rule, path), _new(catalogue, path, slug)
        if lines is None or node is None:
            return rule, ""
        lines.append(node)
        return rule, f"{path}.{len(lines) - 1}"
    above, _, last = path.rpartition(".")
    lines, at = _lines(rule, above), int(last) if last.isdecimal() and len(last) < 4 else -1
    if lines is None or not 0 <= at < len(lines):
        return rule, ""
    node = lines.pop(at)
    if verb == "remove":
        return rule, ""
    to = min(max(at + (-1 if verb == "up" else 1), 0), len(lines))
    lines.insert(to, node)
    return rule, f"{above}.{to}"


def line_at(rule: Wire, path: str) -> Mapping[str, Any] | None:
    """The line that a path names."""
    above, _, last = path.rpartition(".")
    lines = _lines(rule, above)
    at = int(last) if last.isdecimal() and len(last) < 4 else -1
    return lines[at] if lines is not None and 0 <= at < len(lines) else None


def _lines(rule: Wire, path: str) -> list[Any] | None:
    key, *steps = path.split(".")
    if key not in (*NODES, "tests"):
        return None
    lines = rule[key]
    for step in steps[: MOST_DEEP + 1]:
        at = int(step) if step.isdecimal() and len(step) < 4 else -1
        if not 0 <= at < len(lines) or lines[at].get("id") != GROUP:
            return None
        lines = lines[at].setdefault("nodes", [])
    return lines if isinstance(lines, list) else None


def _new(catalogue: Catalogue, path: str, slug: str) -> dict[str, Any] | None:
    if path == "actions":
        provider = catalogue.providers.get(slug)
        return {"id": provider.action.ids[0]} if provider and provider.action else None
    if slug == "group":
        return {"id": GROUP, "match": "any", "nodes": []}
    condition = catalogue.conditions.get(slug)
    return {"id": condition.ids[0]} if condition else None


def _minutes(sent: QueryDict, name: str) -> int | str:
    """Minutes, or what was typed where that is no number."""
    typed, unit = sent.get(name, "").strip(), sent.get(f"{name}.unit", "1")
    if typed.isascii() and typed.isdigit() and len(typed) < 9 and unit in UNITS:
        return int(typed) * int(unit)
    return typed


def _kept(sent: QueryDict, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for number in range(MOST_NODES + 1):
        raw = sent.get(f"{path}.{number}.kept")
        if raw is None:
            return
        try:
            node = json.loads(raw)
        except (ValueError, RecursionError):
            continue
        if isinstance(node, dict):
            yield f"{path}.{number}", node


def _nodes(sent: QueryDict, catalogue: Catalogue, path: str, deep: int) -> Iterator[dict[str, Any]]:
    for at, node in _kept(sent, path):
        if node.get("id") == GROUP:
            lines = list(_nodes(sent, catalogue, at, deep - 1)) if deep else node.get("nodes", [])
            yield {**node, "match": sent.get(f"{at}.match", node.get("match", "all")), "nodes": lines}
        else:
            yield _without_stale_id(catalogue, node, dict(_options(sent, catalogue, at, node)))


def _without_stale_id(catalogue: Catalogue, node: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """A line with its changes. Another channel's name, or connection, is not that of the id that was there."""
    provider, action = catalogue.action(str(node.get("id", ""))) or (None, None)
    made = {**node, **typed}
    if provider is None or action is None or provider.channels is None:
        return made
    if typed.keys() & {provider.channels.name, action.integration} and not typed.keys() & set(
        provider.channels.ids
    ):
        return {name: value for name, value in made.items() if name not in provider.channels.ids}
    return made


def _options(sent: QueryDict, catalogue: Catalogue, at: str, node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The options that were changed: one that reads as before stays as it was, a 7 a number."""
    wire_id = str(node.get("id", ""))
    kind = catalogue.condition(wire_id) or (catalogue.action(wire_id) or (None, None))[1]
    for name, spec, _ in specs(kind.options) if kind else ():
        typed = _typed(sent, at, name, spec.kind)
        before = node.get(name, default(kind.options, name) if kind else None)
        if typed is not None and typed != (before if isinstance(before, bool | list) else _text(before)):
            yield name, typed


def _typed(sent: QueryDict, at: str, name: str, kind: Kind) -> str | bool | list[str] | None:
    """What was typed or chosen; None where the form has no such field."""
    field = f"{at}.{name}"
    if name in TARGET and f"{at}.target" in sent:
        return sent.get(f"{at}.target", "").partition(":")[0 if name == TARGET[0] else 2]
    if f"{field}.shown" in sent:
        return field in sent if kind is Kind.BOOLEAN else [str(one) for one in sent.getlist(field)]
    return sent.get(field, "").replace("\r\n", "\n") if field in sent else None


def _text(value: object) -> str:
    return "" if value is None else str(value)


def default(declared: type[Any], name: str) -> Any:
    """What an option is where nothing is said of it, None for one that must be given."""
    found = declared.__dataclass_fields__[name].default
    return found if isinstance(found, str | int | float | bool) else None

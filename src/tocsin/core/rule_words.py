"""A rule's lines in words, as the rule's page and the API's `name` show them."""

import re
from collections.abc import Mapping
from typing import Any

from tocsin.core.fields import as_mapping, specs
from tocsin.core.people import Directory
from tocsin.core.registry import Condition, RuleAction
from tocsin.core.rule import Group, Node
from tocsin.core.targets import row_id

_PART = re.compile(r"\[([^\[\]]*)\]")
_MATCH = {"all": "All of", "any": "Any of", "none": "None of"}
REMOVED = "(removed)"
_OPTION = re.compile(r"\{(\w+)\}")


def sentence(kind: Condition | RuleAction, options: Any, names: Mapping[str, str] | None = None) -> str:
    """The line with its options filled in; `names` says by which words to call an option's value.

    A part in [brackets] is left out when all of its options are empty, or say nothing beside the others.
    """
    values = as_mapping(options)
    for name, spec, _ in specs(type(options)):
        words = dict(spec.choices)
        value = values[name]
        if spec.only_for and getattr(options, spec.only_for[0]) != spec.only_for[1]:
            value = ""
        values[name] = (
            " or ".join(str(words.get(one, one)) for one in value)
            if isinstance(value, tuple)
            else words.get(value, value)
            if value != ""
            else ""
        )
    said = _Said({**values, **(names or {})})
    template = _PART.sub(
        lambda part: part[1] if any(said[one] for one in _OPTION.findall(part[1])) else "", kind.sentence
    )
    return " ".join(template.format_map(said).split())


class _Said(dict[str, Any]):
    """A sentence that names what is no option is told as it stands: it may come from anyone."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def line(node: Node, here: Directory | None = None) -> str:
    """A condition, a filter or a group of them in words, with the names of those who are `here`."""
    if isinstance(node, Group):
        return f"{_MATCH[node.match]}: ({'; '.join(line(one, here) for one in node.nodes)})"
    return sentence(node.condition, node.options, named(node.condition, node.options, here) if here else None)


def named(kind: Condition | RuleAction, options: Any, here: Directory) -> dict[str, str]:
    """By which words to call the team, the member and the connection that a line names by id."""
    names: dict[str, str] = {}
    if isinstance(kind, RuleAction) and kind.integration:
        connection = here.connections.get(row_id(getattr(options, kind.integration)))
        names[kind.integration] = connection.name if connection else REMOVED
    who = getattr(options, "targetType", "")
    if who in ("Team", "Member"):
        identifier = row_id(getattr(options, "targetIdentifier", ""))
        name = _team(here, identifier) if who == "Team" else _member(here, identifier)
        # A sentence that has both options says "team" itself.
        if "{targetIdentifier}" in kind.sentence:
            names["targetIdentifier"] = name or REMOVED
        else:
            called = f"the team {name}" if who == "Team" else name
            names["targetType"] = called if name else f"a {who.lower()} {REMOVED}"
    return names


def _team(here: Directory, team_id: int) -> str:
    team = here.teams.get(team_id)
    return f"#{team.slug}" if team else ""


def _member(here: Directory, user_id: int) -> str:
    person = here.people.get(user_id)
    return person.name if person else ""


def whole(kind: Condition | RuleAction) -> str:
    """The line with all its parts and a {name} for each option, as forms fill it in."""
    return _PART.sub(r"\1", kind.sentence)

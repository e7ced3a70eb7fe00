"""A rule's lines in words, as the rule's page and the API's `name` show them."""

import re
from collections.abc import Mapping
from typing import Any

from tocsin.core.fields import as_mapping, specs
from tocsin.core.registry import Condition, RuleAction
from tocsin.core.rule import Group, Node

_PART = re.compile(r"\[([^\[\]]*)\]")
_MATCH = {"all": "All of", "any": "Any of", "none": "None of"}
_OPTION = re.compile(r"\{(\w+)\}")


def sentence(kind: Condition | RuleAction, options: Any, names: Mapping[str, str] | None = None) -> str:
    """The line with its options filled in; `names` says by which words to call an option's value.

    A part in [brackets] is left out when all of its options are empty.
    """
    values = as_mapping(options)
    for name, spec, _ in specs(type(options)):
        words = dict(spec.choices)
        value = values[name]
        values[name] = (
            " or ".join(str(words.get(one, one)) for one in value)
            if isinstance(value, tuple)
            else words.get(value, value)
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


def line(node: Node, names: Mapping[str, str] | None = None) -> str:
    """A condition, a filter or a group of them in words."""
    if isinstance(node, Group):
        return f"{_MATCH[node.match]}: ({'; '.join(line(one, names) for one in node.nodes)})"
    return sentence(node.condition, node.options, names)


def whole(kind: Condition | RuleAction) -> str:
    """The line with all its parts and a {name} for each option, as forms fill it in."""
    return _PART.sub(r"\1", kind.sentence)

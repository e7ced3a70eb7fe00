"""A rule's lines in words, as the rule's page and the API's `name` show them."""

import re
from collections.abc import Mapping
from typing import Any

from tocsin.core.fields import as_mapping, specs
from tocsin.core.registry import Condition, RuleAction

_PART = re.compile(r"\[([^\[\]]*)\]")
_OPTION = re.compile(r"\{(\w+)\}")


def sentence(kind: Condition | RuleAction, options: Any, names: Mapping[str, str] | None = None) -> str:
    """The line with its options filled in; `names` says by which words to call an option's value.

    A part in [brackets] is left out when all of its options are empty.
    """
    values = as_mapping(options)
    for name, spec, _ in specs(type(options)):
        values[name] = dict(spec.choices).get(values[name], values[name])
    said = {**values, **(names or {})}
    words = _PART.sub(
        lambda part: part[1] if any(said[one] for one in _OPTION.findall(part[1])) else "", kind.sentence
    )
    return " ".join(words.format_map(said).split())


def whole(kind: Condition | RuleAction) -> str:
    """The line with all its parts and a {name} for each option, as forms fill it in."""
    return _PART.sub(r"\1", kind.sentence)

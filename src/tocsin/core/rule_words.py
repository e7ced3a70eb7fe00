"""A rule's lines in words, as the rule's page and the API's `name` show them."""

from collections.abc import Mapping
from typing import Any

from tocsin.core.fields import as_mapping, specs
from tocsin.core.registry import Condition, RuleAction


def sentence(kind: Condition | RuleAction, options: Any, names: Mapping[str, str] | None = None) -> str:
    """The line with its options filled in; `names` says by which words to call an option's value."""
    values = as_mapping(options)
    for name, spec, _ in specs(type(options)):
        values[name] = dict(spec.choices).get(values[name], values[name])
    return " ".join(kind.sentence.format_map({**values, **(names or {})}).split())

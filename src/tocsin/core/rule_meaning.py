"""What a stored rule does, whatever it is called and however it is spelt: two that do the same are alike."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tocsin.core.fields import InvalidFieldsError, as_mapping, parse
from tocsin.core.registry import Catalogue, no_needs
from tocsin.core.rule import DEFAULT_FREQUENCY, GROUP, MOST_DEEP

EMPTY: tuple[Any, ...] = (None, "", [], {})


def kept(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node as it is stored: `name` is derived from the rest; 0 and False are values, so they stay."""
    return {name: value for name, value in node.items() if name != "name" and value not in EMPTY}


def is_slow(catalogue: Catalogue, data: Mapping[str, Any]) -> bool:
    """Whether one of the rule's conditions needs facts that have to be counted."""
    found = (catalogue.condition(str(node.get("id"))) for node in leaves(data.get("conditions", ())))
    return any(condition is not None and condition.needs is not no_needs for condition in found)


def leaves(nodes: Iterable[Mapping[str, Any]], deep: int = MOST_DEEP) -> Iterator[Mapping[str, Any]]:
    """The single lines among nodes, those in groups too."""
    for node in nodes:
        if node.get("id") != GROUP:
            yield node
        elif deep and isinstance(node.get("nodes"), list):
            yield from leaves((one for one in node["nodes"] if isinstance(one, Mapping)), deep - 1)


def meaning(catalogue: Catalogue, environment: str, data: Mapping[str, Any]) -> tuple[Any, ...]:
    """Equal for two rules of a project that would tell the same people of the same events.

    The order of lines, their uuids, the alias that an id is spelt with and 7 against "7" make no difference.
    """
    return (
        environment,
        data.get("actionMatch", "all"),
        data.get("filterMatch", "all"),
        data.get("frequency", DEFAULT_FREQUENCY),
        data.get("wait", 0),
        data.get("hourlyLimit", 0),
        *(tuple(sorted(set(data.get(key, ())))) for key in ("environments", "excludedEnvironments")),
        *(_lines(catalogue, data.get(key, ())) for key in ("conditions", "filters", "actions")),
    )


def _lines(catalogue: Catalogue, nodes: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted(_line(catalogue, node) for node in nodes))


def _line(catalogue: Catalogue, node: Mapping[str, Any]) -> str:
    wire_id = str(node.get("id", ""))
    if wire_id == GROUP and isinstance(node.get("nodes"), list):
        return json.dumps([GROUP, node.get("match", "all"), *_lines(catalogue, node["nodes"])])
    kind = catalogue.condition(wire_id) or (catalogue.action(wire_id) or (None, None))[1]
    if kind is not None:
        try:
            return json.dumps([kind.ids[0], as_mapping(parse(kind.options, node))], sort_keys=True)
        except InvalidFieldsError:
            pass  # stored before its options changed: compared as it was written
    plain = {name: value for name, value in kept(node).items() if name != "uuid"}
    return json.dumps(plain, sort_keys=True)

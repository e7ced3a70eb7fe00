"""A line of ownership: what it matches and who owns that; as text, and as it is stored (behaviour §4.1)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

VERSION = 1
URL, PATH, MODULE, CODEOWNERS, TAG = "url", "path", "module", "codeowners", "tags."
USER, TEAM = "user", "team"

_NEEDS_QUOTES = re.compile(r'\s|^"|^$')


@dataclass(frozen=True, slots=True)
class Owner:
    """A person by e-mail address or a team by slug; `id` once the name was looked up."""

    type: str
    identifier: str
    id: int | None = None

    def __str__(self) -> str:
        return f"#{self.identifier}" if self.type == TEAM else self.identifier


@dataclass(frozen=True, slots=True)
class Matcher:
    """`type` is url, path, module, codeowners or tags.KEY."""

    type: str
    pattern: str

    def __str__(self) -> str:
        return f"{self.type}:{quoted(self.pattern)}"


@dataclass(frozen=True, slots=True)
class OwnershipRule:
    """One line; `line` counts from 1 in the text that it stands in."""

    matcher: Matcher
    owners: tuple[Owner, ...]
    line: int = 0

    def __str__(self) -> str:
        return " ".join([str(self.matcher), *map(str, self.owners)])


def quoted(pattern: str) -> str:
    """The pattern as it stands in a line: in quotes when blanks or its first character ask for it."""
    if not _NEEDS_QUOTES.search(pattern):
        return pattern
    escaped = pattern.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def as_text(rules: Iterable[OwnershipRule]) -> str:
    """The rules as text that parses to the same rules, a line each."""
    return "\n".join(map(str, rules))


def as_schema(rules: Iterable[OwnershipRule]) -> dict[str, Any]:
    """The stored form. Each rule keeps its line besides, so that a page can point at it."""
    return {"$version": VERSION, "rules": [_rule_as_json(rule) for rule in rules]}


def from_schema(schema: Mapping[str, Any] | None) -> tuple[OwnershipRule, ...]:
    """The rules of the stored form; none for none."""
    return tuple(_rule_from_json(one) for one in (schema or {}).get("rules", ()))


def _rule_as_json(rule: OwnershipRule) -> dict[str, Any]:
    return {
        "matcher": {"type": rule.matcher.type, "pattern": rule.matcher.pattern},
        "owners": [{"type": one.type, "identifier": one.identifier, "id": one.id} for one in rule.owners],
        "line": rule.line,
    }


def _rule_from_json(stored: Mapping[str, Any]) -> OwnershipRule:
    return OwnershipRule(
        Matcher(stored["matcher"]["type"], stored["matcher"]["pattern"]),
        tuple(Owner(one["type"], one["identifier"], one.get("id")) for one in stored["owners"]),
        stored.get("line", 0),
    )

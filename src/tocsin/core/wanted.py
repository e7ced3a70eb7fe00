"""What a client wants to be kept as a choice, read from a body: the choice, or a reason for each key (§2.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.core.choices import ALWAYS, DEFAULT, NEVER, TYPES
from tocsin.core.people import Scope
from tocsin.core.standing import types_at

Reasons = dict[str, list[str]]
VALUES = frozenset({DEFAULT} | {value for one in TYPES.values() for value in one.values})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a choice is to hold, and for what."""

    scope: Scope
    scope_id: int
    type: str


def wanted(body: Mapping[str, Any], scopes: Mapping[Scope, Mapping[str, int]]) -> tuple[Wanted | None, Reasons]:
    """`scopes` are those that the caller may choose for: the ids in each, by what they may be called."""
    reasons: Reasons = {}
    scope = next((one for one in scopes if one.value == body.get("scopeType")), None)
    scope_id = scopes[scope].get(str(body.get("scopeIdentifier"))) if scope else None
    type_ = body.get("type")
    if scope is None:
        reasons["scopeType"] = ["Invalid scope type"]
    elif scope_id is None:
        reasons["scopeIdentifier"] = [f"You belong to no such {scope.value}."]
    if not isinstance(type_, str) or type_ not in TYPES:
        reasons["type"] = ["Invalid type"]
    elif scope and TYPES[type_] not in types_at(scope):
        reasons["scopeType"] = [f"{type_} is chosen everywhere or for an organization, never for a {scope.value}."]
    if reasons or scope is None or scope_id is None:
        return None, reasons
    return Wanted(scope, scope_id, str(type_)), reasons


def value_of(body: Mapping[str, Any], type_: object, provider: str = "") -> tuple[str, Reasons]:
    """The value that is wanted for a type; a service of it is only on or off."""
    value = body.get("value")
    if not isinstance(value, str) or value not in VALUES:
        return "", {"value": ["Invalid value"]}
    allowed = (ALWAYS, NEVER) if provider else TYPES[str(type_)].values if type_ in list(TYPES) else VALUES
    if value != DEFAULT and value not in allowed:
        return "", {"nonFieldErrors": ["Invalid type for value"]}
    return value, {}


def services_of(body: Mapping[str, Any], known: Sequence[str]) -> tuple[dict[str, str], Reasons]:
    """What each service is to be: on if it is listed, else off."""
    listed = body.get("providers")
    if not isinstance(listed, list) or not all(isinstance(one, str) and one in known for one in listed):
        return {}, {"providers": [f"Give a list of: {', '.join(known)}."]}
    return {one: ALWAYS if one in listed else NEVER for one in known}, {}


# What older clients send instead of words (§2.2).
NUMBERS = {0: DEFAULT, 10: NEVER, 20: ALWAYS, 30: "subscribe_only", 40: "committed_only"}


def in_words(value: object) -> str:
    """A value as sent by any client, in words; what is none stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    text = str(value)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
    return NUMBERS.get(number, text)

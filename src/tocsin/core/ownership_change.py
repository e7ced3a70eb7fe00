"""A change of a project's ownership as clients send it: what to write, or why not, key by key (behaviour §4.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tocsin.core.ownership_check import AUTO_ASSIGNMENT, Resolvable, check
from tocsin.core.ownership_rule import as_schema

SWITCHES = {"fallthrough": "fallthrough", "codeownersAutoSync": "codeowners_auto_sync", "isActive": "is_active"}


@dataclass(frozen=True, slots=True)
class Change:
    """The columns to write; a key that was not sent leaves its column alone."""

    columns: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not, by key."""

    reasons: Mapping[str, list[str]]


def change(sent: Mapping[str, Any], resolvable: Resolvable, *, raw_before: str = "") -> Change | Refused:
    """What a body asks for. Keys that nobody knows are ignored, as clients send what they were given."""
    columns: dict[str, Any] = {}
    reasons: dict[str, list[str]] = {}
    if "raw" in sent:
        _text(sent["raw"] or "", resolvable, len(raw_before), columns, reasons)
    for key, column in SWITCHES.items():
        if key in sent:
            if isinstance(sent[key], bool):
                columns[column] = sent[key]
            else:
                reasons[key] = [f"Must be true or false, not {sent[key]!r:.40}."]
    if "autoAssignment" in sent:
        flags = _flags(sent["autoAssignment"])
        if flags is None:
            choices = ", ".join(f"“{one}”" for one in AUTO_ASSIGNMENT)
            reasons["autoAssignment"] = [f"Invalid choice {sent['autoAssignment']!r:.60}; it is one of {choices}."]
        else:
            columns["auto_assignment"], columns["suspect_committer_auto_assignment"] = flags
    return Refused(reasons) if reasons else Change(columns)


def auto_assignment(auto: bool, suspect: bool) -> str:
    """The wire's name of the two flags; suspect commits need both."""
    return next(name for name, flags in AUTO_ASSIGNMENT.items() if flags == (auto, auto and suspect))


def _flags(sent: object) -> tuple[bool, bool] | None:
    return AUTO_ASSIGNMENT.get(sent) if isinstance(sent, str) else None


def _text(
    raw: object, resolvable: Resolvable, before: int, columns: dict[str, Any], reasons: dict[str, list[str]]
) -> None:
    if not isinstance(raw, str):
        reasons["raw"] = ["Must be the rules as text, a line each."]
        return
    checked = check(raw, resolvable, length_before=before)
    if checked.is_good:
        columns["raw"], columns["schema"] = raw, as_schema(checked.rules)
    else:
        reasons["raw"] = checked.reasons()

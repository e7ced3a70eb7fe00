"""Whether a search can be kept as it was sent, and why not, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.search import parse

LONGEST_NAME = 128
SORTS = ("date", "new", "freq", "user", "priority")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search to keep: everyone's or one's own."""

    name: str
    query: str
    sort: str
    is_everyones: bool


def read(sent: Mapping[str, Any], *, needs_name: bool = True) -> Wanted | dict[str, list[str]]:
    """What was sent, or the reasons against it by field."""
    name, query, sort = sent.get("name", ""), sent.get("query", ""), sent.get("sort") or "date"
    visibility = sent.get("visibility") or "owner"
    reasons: dict[str, list[str]] = {}
    if needs_name and not (isinstance(name, str) and 0 < len(name.strip()) <= LONGEST_NAME):
        reasons["name"] = [f"A name of 1 to {LONGEST_NAME} characters is expected."]
    if not isinstance(query, str):
        reasons["query"] = ["Text is expected."]
    elif faults := parse(query).faults:
        reasons["query"] = [str(fault) for fault in faults]
    if sort not in SORTS:
        reasons["sort"] = [f"One of {', '.join(SORTS)} is expected."]
    if visibility not in ("owner", "organization"):
        reasons["visibility"] = ["owner or organization is expected."]
    if reasons:
        return reasons
    return Wanted(str(name).strip().replace("\x00", ""), query.strip(), str(sort), visibility == "organization")

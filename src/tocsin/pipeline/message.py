"""Message: what is said of stored facts, with what plug-ins add; the same for what leaves and for the pages."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tocsin.core.additions import Fault, Occasion, added
from tocsin.core.message import Message
from tocsin.core.sending import REPLY
from tocsin.pipeline.catalogue import catalogue


def message_of(kind: str, facts: Mapping[str, Any], detail: Mapping[str, Any]) -> Message:
    """The message of stored facts as one destination reads it: its rules, its reason, its notes and tags,
    and what its one reader has snoozed."""
    found = catalogue().kinds[kind]
    render = found.brief if detail.get("act") == REPLY and found.brief else found.render
    return render(msgspec.convert(_for_destination(facts, detail), found.facts))


def _for_destination(facts: Mapping[str, Any], detail: Mapping[str, Any]) -> dict[str, Any]:
    chosen = dict(facts)
    if "reason" in detail:
        chosen["reason"] = detail["reason"]
    if "rules" in detail:
        rules = set(detail.get("rules", ()))
        chosen["rules"] = [rule for rule in facts.get("rules", ()) if rule["id"] in rules]
        chosen["notes"] = detail.get("notes", "")
        chosen["show_tags"] = detail.get("tags", [])
        chosen["is_personal"] = detail.get("personal", False)
        chosen["snoozed"] = detail.get("snoozed", [])
    return chosen


def with_additions(
    message: Message, kind: str, organization: str, project: str, provider: str
) -> tuple[Message, list[Fault]]:
    """The message with what plug-ins add to its kind, and what they did wrong; all but the message are slugs."""
    additions = catalogue().additions_to(kind)
    if not additions:
        return message, []
    category = catalogue().kinds[kind].category
    return added(additions, Occasion(kind, category, organization, project, provider, message))

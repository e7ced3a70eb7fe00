"""What readers can do from a message, as Block Kit's buttons and menus, and how a press names what it is about.

https://docs.slack.dev/reference/block-kit/blocks/actions-block
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tocsin.core.escape import one_line
from tocsin.core.message import Assign, Control, Message, More, Pick, Press
from tocsin.core.subjects import AboutAccount, AboutIssue, AboutRequest, Subject

JSON = dict[str, Any]

LABEL, OPTIONS = 75, 100


def actions(message: Message) -> list[JSON]:
    """The block of a message's controls; none for a message that has none, or is about nothing to press for."""
    if message.about is None or not message.controls:
        return []
    return [{"type": "actions", "block_id": about(message.about), "elements": elements(message)}]


def elements(message: Message) -> list[JSON]:
    """The controls alone, for a block of something else."""
    return [_element(control) for control in message.controls]


# How a block says what it is about: {"issue":12}, as in Sentry's messages, or {"member":7}.
_NAMES: Mapping[str, type[Subject]] = {"issue": AboutIssue, "member": AboutRequest, "account": AboutAccount}


def about(subject: Subject) -> str:
    """A block's name, which Slack sends back with each press: it says which issue, request, or account."""
    name = next(name for name, known in _NAMES.items() if isinstance(subject, known))
    return json.dumps({name: subject.id}, separators=(",", ":"))


def subject_of(block_id: str) -> Subject | None:
    """What a block is about; None for a block that is none of ours."""
    try:
        found = json.loads(block_id)
    except (ValueError, RecursionError):
        return None
    said = found if isinstance(found, dict) else {}
    return next((known(said[name]) for name, known in _NAMES.items() if _is_id(said.get(name))), None)


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def issue_of(block_id: str) -> int | None:
    """The issue that a block is about, for menus that only messages about issues have."""
    subject = subject_of(block_id)
    return subject.id if isinstance(subject, AboutIssue) else None


def _element(control: Control) -> JSON:
    match control:
        case Press(label, does, primary):
            button: JSON = {"type": "button", "action_id": does, "text": _text(label), "value": does}
            return button | ({"style": "primary"} if primary else {})
        case Pick(label, choices):
            options = [_option(choice.label, choice.does) for choice in choices[:OPTIONS]]
            return {"type": "static_select", "action_id": label, "placeholder": _text(label), "options": options}
        case More(_, choices):
            return {
                "type": "overflow",
                "action_id": "more",
                "options": [_option(one.label, one.does) for one in choices],
            }
        case Assign(label, does, to, value):
            menu: JSON = {
                "type": "external_select",
                "action_id": does,
                "placeholder": _text(label),
                "min_query_length": 0,
            }
            return menu | ({"initial_option": _option(to, value)} if to and value else {})


def _option(label: str, value: str) -> JSON:
    return {"text": _text(label), "value": value}


def _text(label: str) -> JSON:
    # Not an empty text, which Slack refuses; and no emoji of somebody's name.
    return {"type": "plain_text", "text": one_line(label, LABEL).strip() or "–", "emoji": False}  # noqa: RUF001 — a dash


def groups(found: list[tuple[str, list[tuple[str, str]]]]) -> JSON:
    """The answer to what a menu asks for as somebody types: (heading, its (label, value) lines).

    https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
    """
    return {"option_groups": [_group(heading, lines) for heading, lines in found if lines]}


def _group(heading: str, lines: list[tuple[str, str]]) -> JSON:
    return {"label": _text(heading), "options": list(_options(lines))}


def _options(lines: list[tuple[str, str]]) -> Iterator[JSON]:
    for label, value in lines[:OPTIONS]:
        yield _option(label, value)

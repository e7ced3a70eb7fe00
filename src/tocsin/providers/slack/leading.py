"""Buttons that lead to a page: only for an app that Slack tells of presses, as any other shows a warning at each.

https://docs.slack.dev/reference/block-kit/block-elements/button-element
"""

from collections.abc import Iterable
from typing import Any

from tocsin.core.escape import one_line
from tocsin.core.message import Link
from tocsin.providers.slack.blocks import is_web

LABEL = 75


def leading(links: Iterable[Link]) -> list[dict[str, Any]]:
    """The first stands out. What is no web address has no button."""
    found = [link for link in links if is_web(link.url)]
    return [_button(number, link) for number, link in enumerate(found)]


def _button(number: int, link: Link) -> dict[str, Any]:
    words = {"type": "plain_text", "text": one_line(link.label, LABEL).strip() or "Open", "emoji": False}
    button: dict[str, Any] = {"type": "button", "action_id": f"open:{number}", "text": words, "url": link.url}
    return button if number else {**button, "style": "primary"}

"""The app's home: one view for each person, written anew as a whole.

https://docs.slack.dev/surfaces/app-home
https://docs.slack.dev/reference/methods/views.publish
"""

from collections.abc import Iterator
from typing import Any

from tocsin.core.escape import one_line
from tocsin.core.message import Item, Listing, Message
from tocsin.core.sending import Parcel, Refused, Sending
from tocsin.providers.slack.blocks import code_span, context, escape, rendered, section
from tocsin.providers.slack.leading import leading, leading_to
from tocsin.providers.slack.send import Settings, beside

JSON = dict[str, Any]
MOST_BLOCKS, MOST_BUTTONS = 100, 25
HEADER, ABOUT, NAME = 150, 1_000, 100
_MORE = "_There is more on the pages._"

_REFUSALS = {
    "not_enabled": Refused("Switch the Home Tab on in the app's settings, under App Home."),
    "user_not_found": Refused("Slack knows no such person any more."),
    "invalid_arguments": Refused("Slack knows no such person any more."),
    "no_permission": Refused("The workspace does not let the app have a home."),
}


def publish(settings: Settings, parcel: Parcel) -> Sending:
    """Without the hash that Slack offers against races: homes go through one lane, a person's in their order."""
    view = {"type": "home", "blocks": blocks(parcel.message)}
    asked = {"user_id": parcel.address.channel_id, "view": view}
    return (yield from beside(settings, "views.publish", asked, _REFUSALS))


def blocks(message: Message) -> list[JSON]:
    """As many as a view takes; what is left out is said. The ways to other pages come first and the time last."""
    title = {"type": "plain_text", "text": one_line(message.title, HEADER) or "Home", "emoji": False}
    head: list[JSON] = [{"type": "header", "text": title}]
    if ways := leading(message.actions)[:MOST_BUTTONS]:
        head.append({"type": "actions", "elements": ways})
    foot = [context("  ·  ".join(escape(link.label, NAME) for link in message.footer))] if message.footer else []
    room = MOST_BLOCKS - len(head) - len(foot)
    found = list(_blocks(message))
    if len(found) > room:
        found = [*found[: room - 1], context(_MORE)]
    return [*head, *found, *foot]


def _blocks(message: Message) -> Iterator[JSON]:
    for block in message.blocks:
        match block:
            case Listing(title, about, items):
                yield section(f"*{leading_to(title)}*\n{escape(about, ABOUT)}")
                yield from (_item(item) for item in items)
                yield {"type": "divider"}
            case _:
                yield rendered(block)


def _item(item: Item) -> JSON:
    name = f"{code_span(item.name, NAME)}  " if item.name else ""
    return section(f"*{leading_to(item.link)}*\n{name}{escape(item.figure, ABOUT)}")

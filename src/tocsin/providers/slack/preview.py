"""Previews of links, below the message in which somebody shared them, and the question who that is.

https://docs.slack.dev/messaging/unfurling-links-in-messages
https://docs.slack.dev/reference/methods/chat.unfurl
"""

from collections.abc import Iterator
from typing import Any

from tocsin.core.message import Card, Fields, Message
from tocsin.core.sending import Parcel, Refused, Sending
from tocsin.providers.slack.blocks import EMOJI, code_span, context, escape, rendered, section
from tocsin.providers.slack.controls import elements
from tocsin.providers.slack.leading import leading, leading_to
from tocsin.providers.slack.send import DRAFT, Settings, beside

JSON = dict[str, Any]
TITLE, WHAT, WHERE, CODE = 200, 40, 150, 150

# Whoever deletes a message or throws a draft away does not miss its preview.
_REFUSALS = {
    "cannot_unfurl_url": Refused("The link's domain is not among the app's, or the workspace blocks it."),
    "cannot_unfurl_message": Refused("The link stands in the message no more.", is_moot=True),
    "cannot_find_message": Refused("The message is not there any more.", is_moot=True),
    "cannot_find_channel": Refused("The app cannot see that conversation."),
    "channel_not_found": Refused("The app cannot see that conversation."),
    "cannot_find_service": Refused("The workspace has to add the app again before it may show links."),
    "cannot_prompt": Refused("The person does not want to be asked.", is_moot=True),
    "cannot_auth_user": Refused("Slack does not let this person be asked."),
    "invalid_unfurl_id": Refused("The draft was sent or thrown away.", is_moot=True),
    "no_permission": Refused("The app may not show links in that conversation."),
}


def show(settings: Settings, parcel: Parcel) -> Sending:
    """Shows what the links of a message lead to; a message without cards is a question to whoever shared them."""
    address, message = parcel.address, parcel.message
    if address.place == DRAFT:
        at = {"unfurl_id": address.message, "source": "composer"}
    else:
        at = {"channel": address.channel_id, "ts": address.message}
    cards = [block for block in message.blocks if isinstance(block, Card)]
    shown = {card.shared: {"blocks": list(_card(card))} for card in cards}
    asked = {} if cards else _question(message)
    return (yield from beside(settings, "chat.unfurl", {**at, "unfurls": shown, **asked}, _REFUSALS))


def _card(card: Card) -> Iterator[JSON]:
    """Not the blocks of a message: Slack takes no rich text below a link (invalid_blocks)."""
    dot = "white_circle" if card.settled else EMOJI[card.severity]
    yield section(f":{dot}: *{leading_to(card.title)}*")
    code = f"  ·  {code_span(card.code, CODE)}" if card.code else ""
    yield context(f"*{escape(card.what, WHAT)}* {escape(card.where, WHERE)}{code}")
    if card.items:
        yield rendered(Fields(card.items, minor=True))


def _question(message: Message) -> JSON:
    """Slack shows it to the person alone, in the app's name, where they shared the link."""
    said = " ".join(escape(block.plain(), 1_000) for block in message.blocks)
    return {
        "user_auth_required": True,
        "user_auth_message": escape(message.summary, 1_000),
        "user_auth_blocks": [
            section(f"*{escape(message.title, TITLE)}*\n{said}"),
            {"type": "actions", "elements": [*leading(message.actions), *elements(message)]},
        ],
    }

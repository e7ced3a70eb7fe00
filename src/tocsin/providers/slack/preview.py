"""Previews of links, below the message in which somebody shared them, and the question who that is.

https://docs.slack.dev/messaging/unfurling-links-in-messages
https://docs.slack.dev/reference/methods/chat.unfurl
"""

from collections.abc import Iterator
from typing import Any

from tocsin.core.message import Card, Fields, Message
from tocsin.core.sending import Parcel, Sending
from tocsin.providers.slack.blocks import EMOJI, code_span, context, escape, is_web, rendered, section
from tocsin.providers.slack.controls import elements
from tocsin.providers.slack.leading import leading
from tocsin.providers.slack.send import DRAFT, Settings, beside

JSON = dict[str, Any]
TITLE, WHAT, WHERE, CODE = 200, 40, 150, 150

_REFUSALS = {
    "cannot_unfurl_url": "The link's domain is not among the app's, or the workspace blocks it.",
    "cannot_unfurl_message": "The link stands in the message no more.",
    "cannot_find_message": "The message is not there any more.",
    "cannot_find_channel": "The app cannot see that conversation.",
    "channel_not_found": "The app cannot see that conversation.",
    "cannot_find_service": "The workspace has to add the app again before it may show links.",
    "cannot_prompt": "The person does not want to be asked.",
    "cannot_auth_user": "Slack does not let this person be asked.",
    "invalid_unfurl_id": "The draft was sent or thrown away.",
    "no_permission": "The app may not show links in that conversation.",
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
    title = escape(card.title.label, TITLE) or "(no title)"
    if is_web(card.title.url):
        title = f"<{card.title.url.replace('&', '&amp;')}|{title}>"
    yield section(f":{'white_circle' if card.settled else EMOJI[card.severity]}: *{title}*")
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
            {"type": "actions", "elements": [*leading(message.actions), *elements(message.controls)]},
        ],
    }

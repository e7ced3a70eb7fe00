"""A message in Slack's Block Kit.

Plain dicts: slack_sdk's models take 290 µs for the five blocks of an alert, these 20; the tests hold what
comes out against the models and Slack's own types. Text from events goes into rich_text elements, which
Slack shows as they are, or into escaped code spans; only a note, written by a member, may mention anyone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from tocsin.core.escape import clean, cut, one_line
from tocsin.core.message import Block, Code, Fields, Link, Listing, Message, Note, Severity
from tocsin.providers.slack.controls import actions

JSON = dict[str, Any]

# Slack's limits are 50 blocks and 3,000 characters a text; the sum of all blocks is refused from about
# 13,000 characters with msg_blocks_too_long, which is documented nowhere.
MOST_BLOCKS = 40
ROOM = 11_000
LONGEST_LINE = 2_900
TITLE, SUBTITLE, PARAGRAPH, CODE, NOTE, SUMMARY = 300, 200, 1500, 1500, 1000, 1000
MOST_NOTES, FIELDS, LABEL, VALUE, LINKS, LINK_LABEL, LONGEST_URL = 2, 12, 40, 150, 8, 80, 1000

EMOJI = {
    Severity.FATAL: "red_circle",
    Severity.ERROR: "red_circle",
    Severity.WARNING: "large_yellow_circle",
    Severity.INFO: "large_blue_circle",
    Severity.DEBUG: "bug",
}


def body(message: Message, channel: str, *, interactive: bool = False) -> JSON:
    """The arguments of chat.postMessage. Only an `interactive` app, one that Slack tells of presses, has buttons:
    any other shows a warning at each press, even of one that is only a link (slackapi/node-slack-sdk#869)."""
    notes = [block for block in message.blocks if isinstance(block, Note)][:MOST_NOTES]
    footer = [*actions(message), *_footer(message)] if interactive else _footer(message)
    if message.done:
        footer = [context(_joined("\n", [escape(line, SUBTITLE) for line in message.done])), *footer]
    room = ROOM - len(msgspec.json.encode(footer)) - MOST_NOTES * NOTE
    said: JSON = {
        "channel": channel,
        # What lock screens show and screen readers read instead of the blocks: true as these are.
        "text": escape(" · ".join((message.summary, *message.done)), SUMMARY),
        "blocks": [*_within(room, list(_blocks(message))), *footer],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if notes:
        if any(_BARE_NAME.search(note.text) for note in notes):
            _defuse(said)
            said["link_names"] = True
        place = len(said["blocks"]) - len(footer)
        said["blocks"][place:place] = [_note(note) for note in notes]
    return said


def to_one(message: Message) -> JSON:
    """What one person alone is shown: https://docs.slack.dev/interactivity/handling-user-interaction"""
    said = body(message, "")
    return {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": said["text"],
        "blocks": said["blocks"],
    }


def _blocks(message: Message) -> Iterator[JSON]:
    yield _title(message)
    yield context(_about(message))
    for block in message.blocks:
        if not isinstance(block, Note):
            yield rendered(block)
    links = [_link(action) for action in message.actions[:LINKS] if action.url != message.link]
    if links:
        yield section(_joined("  ", links))


def _about(message: Message) -> str:
    heading = f"*{_label(message.heading)}*"
    where = f" in {_label(message.project)}" if message.project else ""
    code = f"  ·  {code_span(message.subtitle, SUBTITLE)}" if message.subtitle else ""
    return heading + where + code


def rendered(block: Block) -> JSON:
    match block:
        case Code(text):
            return _rich("rich_text_preformatted", {"type": "text", "text": cut(clean(text), CODE) or " "})
        case Fields(items, minor):
            shown = [f"{_label(label)}: {_item(value, block.address(label))}" for label, value in items[:FIELDS]]
            return context(_joined("   ", shown)) if minor else section(_joined("   ", shown))
        case Listing():
            return section(_joined("\n", list(_listed(block))))
        case _:
            return _rich("rich_text_section", {"type": "text", "text": cut(clean(block.plain()), PARAGRAPH) or " "})


def _listed(listing: Listing) -> Iterator[str]:
    yield f"*{_link(listing.title)}*"
    if listing.about:
        yield escape(listing.about, SUBTITLE)
    for item in listing.items[:FIELDS]:
        name = f"{code_span(item.name, LABEL)}  " if item.name else ""
        yield f"• {name}{_link(item.link)}  {escape(item.figure, LABEL)}"


def _title(message: Message) -> JSON:
    title = one_line(message.title, TITLE) or "(no title)"
    words: JSON = {"type": "text", "text": title, "style": {"bold": True}}
    if is_web(message.link):
        words |= {"type": "link", "url": message.link}
    dot = {"type": "emoji", "name": "white_circle" if message.settled else EMOJI[message.severity]}
    return _rich("rich_text_section", dot, {"type": "text", "text": " "}, words)


def _note(note: Note) -> JSON:
    escaped = _fitted(cut(clean(note.text), NOTE), NOTE, _ENTITIES)
    return section(f"notes: {_MENTION.sub(_mention, escaped)}")


def _footer(message: Message) -> Sequence[JSON]:
    parts = [_link(link) for link in message.footer[:LINKS]]
    if message.reason:
        parts.append(escape(message.reason, SUBTITLE))
    return [context(_joined("  ·  ", parts))] if parts else []


def _rich(kind: str, *elements: JSON) -> JSON:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}


def section(text: str) -> JSON:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text or " "}}


def context(text: str) -> JSON:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text or " "}]}


def _joined(between: str, parts: Sequence[str]) -> str:
    """As many of the parts as one text of Slack's takes."""
    room = LONGEST_LINE
    kept = []
    for part in parts:
        room -= len(part) + len(between)
        if room >= 0:
            kept.append(part)
    return between.join(kept)


def _within(room: int, blocks: Sequence[JSON]) -> Iterable[JSON]:
    """As many blocks as Slack takes; what is left out is said."""
    if len(blocks) <= MOST_BLOCKS and len(msgspec.json.encode(blocks)) <= room:
        return blocks
    return _shortened(room, blocks)


def _shortened(room: int, blocks: Sequence[JSON]) -> Iterator[JSON]:
    for number, block in enumerate(blocks):
        room -= len(msgspec.json.encode(block))
        # The title stays: what was done and the small print may have taken the room alone.
        if number and (room < 0 or number == MOST_BLOCKS):
            yield context("_There is more on the issue's page._")
            return
        yield block


_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# A backtick ends a code span, it and the others begin a format; their look-alikes do neither.
_IN_CODE = _ENTITIES | str.maketrans({"`": "ˋ"})  # noqa: RUF001
_LITERAL = _IN_CODE | str.maketrans({"*": "∗", "~": "∼"})  # noqa: RUF001
_HALF_ENTITY = re.compile(r"&[a-z]*$")
_HARMLESS = re.compile(r"[A-Za-z0-9 .,:;/()_#@'\"=+?!-]*")
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ,:-]*[A-Za-z0-9])?")


def escape(text: str, limit: int) -> str:
    """Text that Slack shows as it is, on one line, at most `limit` characters long after the escaping."""
    if len(text) <= limit and _HARMLESS.fullmatch(text):
        return text
    return _fitted(one_line(text, limit), limit, _LITERAL)


@lru_cache(maxsize=1024)
def _label(text: str) -> str:
    """Headings, names of projects and fields: they are few, and in each message."""
    return escape(text, LABEL)


def _fitted(text: str, limit: int, table: Mapping[int, str]) -> str:
    escaped = text.translate(table)
    if len(escaped) <= limit:
        return escaped
    return _HALF_ENTITY.sub("", escaped[: limit - 1]) + "…"


def code_span(text: str, limit: int) -> str:
    return f"`{_fitted(one_line(text, limit), limit, _IN_CODE) or '–'}`"  # noqa: RUF001 — a dash where there is no value


def _value(text: str) -> str:
    """Numbers, dates and plain words in bold; anything else as code, where Slack formats nothing."""
    if len(text) <= LABEL and _PLAIN_VALUE.fullmatch(text):
        return f"*{text}*"
    return code_span(text, VALUE)


def _item(value: str, address: str) -> str:
    """A field's value, as a link where it leads somewhere."""
    if address and is_web(address) and (label := escape(value, VALUE)):
        return f"<{address.replace('&', '&amp;')}|{label}>"
    return _value(value)


def _link(link: Link) -> str:
    label = escape(link.label, LINK_LABEL)
    return f"<{link.url.replace('&', '&amp;')}|{label}>" if label and is_web(link.url) else label


def is_web(url: str) -> bool:
    return len(url) <= LONGEST_URL and _WEB.fullmatch(url) is not None


_WEB = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$'()+,;=%&-]+")
# What a member may write in a note: @U024BE7LH, <@U024BE7LH>, @<U024BE7LH>, <!subteam^S0614TZR7>, @here.
_MENTION = re.compile(
    r"&lt;(?:@([UW][A-Z0-9]{6,})|!(here|channel|everyone|subteam\^S[A-Z0-9]{6,}))(?:\|[^&]*)?&gt;"
    r"|@&lt;([UW][A-Z0-9]{6,})&gt;|(?<![\w@])@(?:([UW][A-Z0-9]{6,})|(here|channel|everyone))\b"
)
_BARE_NAME = re.compile(r"(?<![\w<@])@(?!here\b|channel\b|everyone\b|[UW][A-Z0-9]{6,}\b)\w")


def _mention(found: re.Match[str]) -> str:
    person = found[1] or found[3] or found[4]
    return f"<@{person}>" if person else f"<!{found[2] or found[5]}>"


def _defuse(said: JSON) -> None:
    """Keep @names in all text so far from becoming mentions once link_names is on."""
    said["text"] = said["text"].replace("@", "@\u2060")
    for block in said["blocks"]:
        for holder in (block.get("text"), *block.get("elements", ())):
            if holder and holder.get("type") == "mrkdwn":
                holder["text"] = holder["text"].replace("@", "@\u2060")

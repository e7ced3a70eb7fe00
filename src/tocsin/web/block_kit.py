"""Block Kit as HTML in the product's look, close enough to what Slack shows to judge a message by.

Everything is escaped; links go out only to http and https; images are named, not fetched.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

JSON = Mapping[str, Any]

# Drawn in the product's own colours: not every machine has a font with emoji.
_DOTS = {
    "red_circle": "bad",
    "large_yellow_circle": "warn",
    "large_orange_circle": "warn",
    "large_green_circle": "good",
    "large_blue_circle": "level-info",
    "white_circle": "faint",
}


def render(blocks: Iterable[JSON]) -> SafeString:
    """The blocks of a message, in order."""
    return format_html_join("", "{}", ((_block(block),) for block in blocks))


def _block(block: JSON) -> SafeString:
    inner = block.get("elements", ())
    match block.get("type"):
        case "section":
            return _section(block)
        case "context":
            return format_html('<p class="small muted">{}</p>', _joined(inner, " "))
        case "actions":
            return format_html('<p class="buttons">{}</p>', _joined(inner, ""))
        case "rich_text":
            return _joined(inner, "")
        case _:
            return _small_block(block)


def _small_block(block: JSON) -> SafeString:
    match block.get("type"):
        case "divider":
            return format_html("<hr>")
        case "header":
            return format_html("<p><strong>{}</strong></p>", _text(block.get("text")))
        case kind:
            return format_html('<p class="muted">[{}]</p>', block.get("alt_text") or kind)


def _section(block: JSON) -> SafeString:
    words = format_html("<p>{}</p>", _text(block["text"])) if block.get("text") else SafeString()
    fields = format_html_join("", "<p>{}</p>", ((_text(field),) for field in block.get("fields", ())))
    accessory = _element(block["accessory"]) if block.get("accessory") else SafeString()
    return words + fields + accessory


def _joined(elements: Iterable[JSON], between: str) -> SafeString:
    return format_html_join(between, "{}", ((_element(element),) for element in elements))


_AROUND = {
    "rich_text_section": "<p>{}</p>",
    "rich_text_preformatted": '<pre class="code">{}</pre>',
    "rich_text_quote": "<blockquote>{}</blockquote>",
    "rich_text_list": "<ul>{}</ul>",
}


def _element(element: JSON) -> SafeString:
    match element.get("type"):
        case "mrkdwn" | "plain_text":
            return _text(element)
        case "button":
            primary = SafeString(" primary" if element.get("style") == "primary" else "")
            return format_html('<span class="button small{}">{}</span>', primary, _text(element.get("text")))
        case "static_select" | "external_select":
            shown = (element.get("initial_option") or {}).get("text") or element.get("placeholder")
            return format_html('<span class="button small">{} ▾</span>', _text(shown))
        case str(kind) if kind in _AROUND:
            return format_html(_AROUND[kind], _joined(element.get("elements", ()), ""))
        case _:
            return _inline(element)


def _inline(element: JSON) -> SafeString:
    match element.get("type"):
        case "text":
            return _styled(format_html("{}", element.get("text", "")), element.get("style") or {})
        case "link":
            url = str(element.get("url", ""))
            return _styled(_link(url, str(element.get("text") or url)), element.get("style") or {})
        case "emoji":
            return _emoji(str(element.get("name", "")))
        case "user" | "usergroup" | "channel" | "broadcast" as kind:
            named = element.get(f"{kind}_id") or element.get("range") or ""
            return format_html('<span class="badge">@{}</span>', named)
        case "image":
            return format_html("[{}]", element.get("alt_text", "image"))
        case kind:
            return format_html("[{}]", kind)


def _emoji(name: str) -> SafeString:
    if name in _DOTS:
        return format_html('<span class="{}" title=":{}:">●</span>', _DOTS[name], name)
    return format_html(":{}:", name)


_STYLES = {
    "code": "<code>{}</code>",
    "strike": "<s>{}</s>",
    "italic": "<em>{}</em>",
    "bold": "<strong>{}</strong>",
}


def _styled(words: SafeString, style: JSON) -> SafeString:
    for name, around in _STYLES.items():
        if style.get(name):
            words = format_html(around, words)
    return words


def _link(url: str, words: str) -> SafeString:
    if not url.startswith(("https://", "http://", "mailto:")):
        return format_html("{}", words)
    return format_html('<a href="{}" rel="noopener noreferrer nofollow">{}</a>', url, words)


def _text(text: object) -> SafeString:
    """A text object: mrkdwn or plain."""
    if not isinstance(text, Mapping):
        return format_html("{}", text or "")
    words = str(text.get("text", ""))
    return mrkdwn(words) if text.get("type") == "mrkdwn" else format_html("{}", words)


# One pass, leftmost first, so that a format inside a code span or a link's address is never seen.
_MARKUP = re.compile(
    r"```(?P<pre>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<(?P<url>[a-z]+:[^|>\s]+)(?:\|(?P<words>[^>]*))?>"
    r"|<(?P<mention>[@#!][^>]*)>"
    r"|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^_\n]+)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^~\n]+)~(?![\w~])"
    r"|:(?P<dot>[a-z]+(?:_[a-z]+)*_circle):"
    r"|(?P<newline>\n)",
    re.DOTALL,
)


def mrkdwn(text: str) -> SafeString:
    """Slack's own markup as HTML; it writes &, < and > as entities."""
    parts: list[str] = []
    end = 0
    for found in _MARKUP.finditer(text):
        parts += (_plain(text[end : found.start()]), _marked(found))
        end = found.end()
    parts.append(_plain(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 — every part is escaped by _plain and _marked


_FORMATS = {"bold": "<strong>{}</strong>", "italic": "<em>{}</em>", "strike": "<s>{}</s>"}
_VERBATIM = {"pre": '<pre class="code">{}</pre>', "code": "<code>{}</code>"}


def _marked(found: re.Match[str]) -> str:
    kind = str(found.lastgroup)
    words = found[kind]
    if kind in _VERBATIM:
        return format_html(_VERBATIM[kind], _unescaped(words))
    if kind in _FORMATS:
        return format_html(_FORMATS[kind], mrkdwn(words))
    match kind:
        case "url" | "words":
            return _link(_unescaped(found["url"]), _unescaped(found["words"] or found["url"]))
        case "dot":
            return _emoji(words)
        case "mention":
            return format_html('<span class="badge">@{}</span>', _unescaped(words.lstrip("@#!").split("|")[-1]))
        case _:
            return "<br>"


def _plain(text: str) -> str:
    return str(escape(_unescaped(text)))


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

"""A message as the HTML half of a mail: one table, 600 px, light and dark.

letter.html is an ordinary page with one stylesheet. Its rules are inlined once (Outlook and Gmail ignore
much of what a <style> says), it is cut into its parts, and a mail is those parts filled in: 0.1 ms instead
of 2 ms for inlining each mail.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from importlib.resources import files

import css_inline

from tocsin.core.escape import clean, cut, one_line
from tocsin.core.message import Block, Code, Fields, Item, Link, Listing, Message, Note, Severity

# The shape says it to those who don't see the colour.
LOOK = {
    Severity.FATAL: ("#be185d", "◆"),
    Severity.ERROR: ("#dc2626", "●"),
    Severity.WARNING: ("#d97706", "▲"),
    Severity.INFO: ("#2563eb", "■"),
    Severity.DEBUG: ("#71717a", "○"),
}
# Gmail cuts a mail's HTML off at 102 kB.
LINE, TEXT, CODE, ROWS = 300, 4_000, 8_000, 60
_PART = re.compile(r"<!--part (\w+)-->((?:(?!<!--part ).)*?)<!--end \1-->", re.DOTALL)
_SLOT = re.compile(r"\{(\w+)\}")


def page(message: Message, subject: str) -> str:
    """The whole HTML document."""
    colour, shape = LOOK[message.severity]
    return _fill(
        "letter",
        subject=_line(subject),
        summary=_line(message.summary),
        colour=colour,
        shape=shape,
        heading=_line(message.heading),
        project=f" in {_line(message.project)}" if message.project else "",
        short_id=_line(message.short_id),
        link=_href(message.link),
        title=_line(message.title) or "(no title)",
        where=_fill("where", subtitle=_line(message.subtitle)) if message.subtitle else "",
        # One slot for each kind of block stands in the letter; all blocks go, in their order, to the first.
        paragraph="".join(_block(block) for block in message.blocks),
        code="",
        fields=_fields(Fields(message.details)),
        note="",
        listing="",
        actions=_actions(message.actions),
        foot=_foot(message),
    )


def _block(block: Block) -> str:
    match block:
        case Code(text):
            return _fill("code", text=escape(cut(clean(text), CODE)))
        case Fields():
            return _fields(block)
        case Note(text):
            return _fill("note", text=_text(text))
        case Listing(title, about, items):
            return _listing(title, about, items[:ROWS])
        case _:
            return _fill("paragraph", text=_text(block.plain()))


def _fields(fields: Fields) -> str:
    rows = "".join(_row(label, value, fields.address(label)) for label, value in fields.items[:ROWS])
    return _fill("fields", row=rows) if rows else ""


def _row(label: str, value: str, address: str) -> str:
    said = _line(value)
    if said and _is_web(address):
        return _fill("row", label=_line(label), value="", lead=_fill("lead", url=_href(address), label=said))
    return _fill("row", label=_line(label), value=said, lead="")


def _listing(title: Link, about: str, items: Iterable[Item]) -> str:
    filled = "".join(
        _fill(
            "item",
            url=_href(one.link.url),
            label=_line(one.link.label),
            name=f"{_line(one.name)}&ensp;" if one.name else "",
            figure=_line(one.figure),
        )
        for one in items
    )
    return _fill("listing", url=_href(title.url), title=_line(title.label), about=_line(about), item=filled)


def _actions(actions: tuple[Link, ...]) -> str:
    if not actions:
        return ""
    first, *others = actions
    further = "".join(_fill("further", url=_href(link.url), label=_line(link.label)) for link in others)
    button = _fill("button", url=_href(first.url), label=_line(first.label))
    return _fill("actions", button=button, further=further)


def _foot(message: Message) -> str:
    links = [_fill("small", url=_href(link.url), label=_line(link.label)) for link in message.footer]
    if not links and not message.reason:
        return ""
    reason = f"{_line(message.reason)}<br>" if message.reason and links else _line(message.reason)
    return _fill("foot", reason=reason, small=" &nbsp;·&nbsp; ".join(links))


def _line(text: str) -> str:
    return escape(one_line(text, LINE))


def _text(text: str) -> str:
    return escape(cut(clean(text), TEXT))


def _href(url: str) -> str:
    """Only web addresses lead anywhere: no script, no data."""
    url = one_line(url, 2_000)
    return escape(url) if _is_web(url) else "#"


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _fill(part: str, **values: str) -> str:
    """A part with its slots filled, in one pass: what a value holds is never taken for a slot."""
    return _SLOT.sub(lambda slot: values[slot[1]], _parts()[part])


@lru_cache(maxsize=1)
def _parts() -> dict[str, str]:
    """The pieces of letter.html by name, styles inlined; a piece inside a piece leaves a slot of its name."""
    source = (files("tocsin.providers.email") / "letter.html").read_text(encoding="utf-8")
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    rest = inliner.inline(source)
    parts: dict[str, str] = {}
    while found := _PART.search(rest):
        parts[found[1]] = found[2]
        rest = f"{rest[: found.start()]}{{{found[1]}}}{rest[found.end() :]}"
    return parts | {"letter": rest}

"""Additions: what a plug-in says in messages besides their own words, such as a bill that is due or a runbook.

They hold blocks of `core.message`, so each service renders and escapes them as its own, and keeps its limits.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from traceback import walk_tb

from tocsin.core.escape import clean, cut, one_line
from tocsin.core.message import Block, Code, Fields, Item, Link, Listing, Message, Note, Paragraph

ANSWER = "answer"  # the category of what is said to one person who asked: dialogs, the home of an app, previews

# Slack has room for about 11,000 characters of a message, and leaves out what comes last: with 3,000 at most, one
# addition leaves enough for an alert (3,000, with the longest code excerpt 4,500) and the links below it.
MOST_BLOCKS, MOST_ROWS, ROOM = 5, 12, 3_000
TEXT, LINE, URL = 1_000, 200, 1_000


@dataclass(frozen=True, slots=True)
class Occasion:
    """The message that an addition is asked for, and where it goes; `project` is "" for what is no project's."""

    kind: str  # slugs, all but the message
    category: str
    organization: str
    project: str
    provider: str
    message: Message


@dataclass(frozen=True)
class Addition:
    """Blocks that a plug-in adds to messages.

    `blocks` is pure, quick, and gives nothing where it has nothing to say: Paragraph, Code, Fields and Listing. The
    addition is asked for the `kinds` and the `categories` that it names; for all but answers when it names none.
    """

    slug: str
    name: str
    blocks: Callable[[Occasion], Iterable[Block]]
    kinds: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Lists and tuples are as good as sets; one word, which would be read letter by letter, is not."""
        for field in ("kinds", "categories"):
            given = getattr(self, field)
            if isinstance(given, str):
                raise TypeError(f"{field} must be a set of slugs, not {given!r}")
            object.__setattr__(self, field, frozenset(given))

    def is_for(self, kind: str, category: str) -> bool:
        if self.kinds or self.categories:
            return kind in self.kinds or category in self.categories
        return category != ANSWER


@dataclass(frozen=True, slots=True)
class Fault:
    """What an addition did wrong; `reason` holds nothing of the message's."""

    addition: Addition
    reason: str


class UnfitError(TypeError):
    """What an addition gave can't stand in a message; says what and what can."""


def added(additions: Sequence[Addition], occasion: Occasion) -> tuple[Message, list[Fault]]:
    """The message with what was added, below its own blocks and above the notes, and what went wrong.

    An addition that raises, or gives what can't stand there, costs itself and never the message.
    """
    blocks: list[Block] = []
    faults: list[Fault] = []
    for addition in additions:
        given, reason = _asked(addition, occasion)
        blocks += given
        faults += [Fault(addition, reason)] if reason else []
    return _with(occasion.message, blocks), faults


def _asked(addition: Addition, occasion: Occasion) -> tuple[list[Block], str]:
    try:
        given = [_fit(block) for block in islice(addition.blocks(occasion), MOST_BLOCKS + 1)]
    except UnfitError as error:
        return [], str(error)
    except Exception as error:  # noqa: BLE001 — a third party's addition may raise anything
        return [], _raised(error)
    return _within(given)


def _within(given: Sequence[Block]) -> tuple[list[Block], str]:
    """As much as there is room for, and what is said of the rest."""
    kept: list[Block] = []
    room = ROOM
    for block in given:
        room -= len(block.plain())
        if room < 0 or len(kept) == MOST_BLOCKS:
            return kept, f"it gave more than {MOST_BLOCKS} blocks or {ROOM} characters; the rest is left out"
        kept.append(block)
    return kept, ""


def _raised(error: Exception) -> str:
    """What was raised and where: its words may quote the message."""
    frame, line = list(walk_tb(error.__traceback__))[-1]
    return f"{type(error).__name__} in {frame.f_globals.get('__name__')}, line {line}"


def _with(message: Message, blocks: Sequence[Block]) -> Message:
    if not blocks:
        return message
    place = len(message.blocks)
    while place and isinstance(message.blocks[place - 1], Note):
        place -= 1
    return replace(message, blocks=(*message.blocks[:place], *blocks, *message.blocks[place:]))


def _fit(block: object) -> Block:
    """The block made anew of plain texts as long as they may be. A Note is none: it is a member's own words, in
    which services look for mentions."""
    match block:
        case Paragraph(text):
            return Paragraph(_text(text))
        case Code(text):
            return Code(_text(text))
        case Fields(items, minor, links):
            return Fields(
                tuple((_line(label), _line(value)) for label, value in islice(items, MOST_ROWS)),
                bool(minor),
                tuple(_link(link) for link in islice(links, MOST_ROWS)),
            )
        case Listing(title, about, items):
            return Listing(_link(title), _line(about), tuple(_item(item) for item in islice(items, MOST_ROWS)))
        case _:
            raise UnfitError(
                f"it gave {type(block).__name__}: only Paragraph, Code, Fields and Listing can be added"
            )


def _item(item: object) -> Item:
    if not isinstance(item, Item):
        raise UnfitError(f"it gave a Listing of {type(item).__name__}: only Item can stand there")
    return Item(_link(item.link), _line(item.figure), _line(item.name))


def _link(link: object) -> Link:
    if not isinstance(link, Link):
        raise UnfitError(f"it gave {type(link).__name__} for a Link")
    url = str(_line(link.url, URL + 1))
    if not url.startswith(("https://", "http://")) or " " in url or len(url) > URL:
        raise UnfitError(f"it gave a Link that leads to no page: http(s), at most {URL} characters")
    return Link(_line(link.label), url)


def _text(text: object) -> str:
    if not isinstance(text, str):
        raise UnfitError(f"it gave {type(text).__name__} where a text stands")
    return cut(clean(text), TEXT)


def _line(text: object, limit: int = LINE) -> str:
    if not isinstance(text, str):
        raise UnfitError(f"it gave {type(text).__name__} where a text stands")
    return one_line(text, limit)

"""A message, written once and in no service's markup; each provider renders its blocks its own way.

All text is plain and may hold anything that an event held: a provider escapes it.
"""

from dataclasses import dataclass
from enum import StrEnum

from tocsin.core.dialog import Dialog
from tocsin.core.subjects import Subject


class Severity(StrEnum):
    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    DEBUG = "debug"


@dataclass(frozen=True, slots=True)
class Link:
    """Words and where they lead."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str

    def plain(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Code:
    """Text whose line breaks and spaces matter: a stack trace, a log line."""

    text: str

    def plain(self) -> str:
        return "\n".join(f"    {line}" for line in self.text.splitlines())


@dataclass(frozen=True, slots=True)
class Fields:
    """Short labelled values, in reading order. `minor` ones (counts, times) are small print where a service can.

    `links` says where items lead, by their label; a service without links shows their values alone.
    """

    items: tuple[tuple[str, str], ...]
    minor: bool = False
    links: tuple[Link, ...] = ()

    def address(self, label: str) -> str:
        """Where the item of this label leads; "" for one that leads nowhere."""
        for link in self.links:
            if link.label == label:
                return link.url
        return ""

    def plain(self) -> str:
        return "\n".join(f"{label}: {value}" for label, value in self.items)


@dataclass(frozen=True, slots=True)
class Note:
    """Words by a person of the organization (an action's notes); the one place where mentions may work."""

    text: str

    def plain(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a listing: what it is, where it leads, its figure. `name` is a short id, or nothing."""

    link: Link
    figure: str
    name: str = ""

    def plain(self) -> str:
        label = f"{self.name} {self.link.label}" if self.name else self.link.label
        return f"- {label} ({self.figure})\n  {self.link.url}"


@dataclass(frozen=True, slots=True)
class Listing:
    """Something that leads somewhere, a few words on it, and what belongs to it, in reading order."""

    title: Link
    about: str
    items: tuple[Item, ...] = ()

    def plain(self) -> str:
        return "\n".join((self.title.label, self.title.url, self.about, *(one.plain() for one in self.items)))


@dataclass(frozen=True, slots=True)
class Card:
    """What a link leads to, in a few lines: what it is ("Issue"), its name and page, where it belongs, how it is.

    `shared` is the link exactly as somebody wrote it, `code` where in the code it is, or nothing.
    """

    shared: str
    what: str
    title: Link
    where: str
    severity: Severity = Severity.INFO
    code: str = ""
    items: tuple[tuple[str, str], ...] = ()
    settled: bool = False

    def plain(self) -> str:
        about = " · ".join(part for part in (f"{self.what} {self.where}", self.code) if part)
        return "\n".join(
            (self.title.label, self.title.url, about, *(f"{name}: {said}" for name, said in self.items))
        )


Block = Paragraph | Code | Fields | Note | Listing | Card


@dataclass(frozen=True, slots=True)
class Press:
    """A button; `does` is the word that comes back when somebody presses it (core.acts)."""

    label: str
    does: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a Pick, and the word that comes back."""

    label: str
    does: str


@dataclass(frozen=True, slots=True)
class Pick:
    """One of several things to do."""

    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Assign:
    """Whom something is given to, chosen from people and teams that we are asked for as the reader types.

    `to` is who has it in words and `value` the same as the word that comes back ("user:7"), both "" for nobody.
    """

    label: str
    does: str
    to: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class More:
    """What is wanted seldom, behind three dots, where a service has room for no more than that; five at most."""

    label: str
    choices: tuple[Choice, ...]


Control = Press | Pick | Assign | More


@dataclass(frozen=True, slots=True)
class Message:
    """One thing worth saying.

    `heading` says what happened ("New issue"), `title` to what, `link` where to look, `actions`
    are further places to go, `reason` says why the reader is told, `footer` is small print.
    `summary` is one line for lock screens and services that show nothing else. `subtitle` says where in
    the code, `details` what only services with room show (a mail lists every tag). `controls` is what readers can
    do to what the message is `about` from here, where a service can bring that back; `done` what was done to it
    already, and `settled` whether nobody need look any more.
    """

    heading: str
    title: str
    link: str
    severity: Severity
    summary: str
    blocks: tuple[Block, ...] = ()
    actions: tuple[Link, ...] = ()
    footer: tuple[Link, ...] = ()
    reason: str = ""
    project: str = ""
    short_id: str = ""
    subtitle: str = ""
    details: tuple[tuple[str, str], ...] = ()
    controls: tuple[Control, ...] = ()
    about: Subject | None = None
    done: tuple[str, ...] = ()
    settled: bool = False
    dialog: Dialog | None = None

    def plain(self) -> str:
        """The whole message as text, for services and readers without markup."""
        title = f"{self.title}\n{self.subtitle}" if self.subtitle else self.title
        parts = [self.heading, f"{title}\n{self.link}"]
        parts += [block.plain() for block in self.blocks]
        parts += [f"{action.label}: {action.url}" for action in self.actions]
        parts += [self.reason] if self.reason else []
        return "\n\n".join(parts)

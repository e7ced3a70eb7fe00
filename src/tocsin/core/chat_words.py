"""What people type to the product in a chat service, after its name (behaviour §8.4, and more)."""

import re
from dataclasses import dataclass

LONGEST = 200
_SHORT_ID = re.compile(r"([a-z0-9][a-z0-9_-]{0,99})-([1-9][0-9]{0,17})", re.IGNORECASE)
_LASTS = re.compile(r"([1-9][0-9]{0,5})(m|h|d|w)")
_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10_080}
A_DAY = 1440


@dataclass(frozen=True, slots=True)
class ShortId:
    """SHOP-12, as two columns."""

    project: str
    number: int

    def __str__(self) -> str:
        return f"{self.project.upper()}-{self.number}"


@dataclass(frozen=True, slots=True)
class Help:
    """What there is to say; `unknown` is what was typed and is none of it."""

    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """One of the lines was begun, and something of it is missing or makes no sense; how it goes, what it does."""

    line: str
    does: str


@dataclass(frozen=True, slots=True)
class Link:
    """Who I am here."""


@dataclass(frozen=True, slots=True)
class Unlink:
    """That I am it no more."""


@dataclass(frozen=True, slots=True)
class LinkTeam:
    """A team's alerts come to this channel; "" where no team was named."""

    team: str


@dataclass(frozen=True, slots=True)
class UnlinkTeam:
    """And do so no more; "" for each team whose do."""

    team: str


@dataclass(frozen=True, slots=True)
class Status:
    """How many issues are open, and which are mine."""


@dataclass(frozen=True, slots=True)
class Why:
    """Who was told of an issue, and why."""

    issue: ShortId


@dataclass(frozen=True, slots=True)
class Silence:
    """An issue alerts nobody for so many minutes."""

    issue: ShortId
    minutes: int


Said = Help | Unclear | Link | Unlink | LinkTeam | UnlinkTeam | Status | Why | Silence

LINES = (
    ("status", "how many issues are open, and which are yours"),
    ("why SHOP-12", "who was told of an issue, and why"),
    ("silence SHOP-12 2h", "it alerts nobody for so long (30m, 2h, 1d, 1w; a day where nothing is said)"),
    ("link", "say who you are, so that you can act from here"),
    ("unlink", "take that back"),
    ("link team web", "a team's alerts come to this channel"),
    ("unlink team web", "and do so no more"),
    ("help", "these lines"),
)


def read(text: str) -> Said:  # noqa: PLR0911 — one for each thing that can be said
    """What was meant; Help, with what was typed, for what nobody knows."""
    words = text.strip()[:LONGEST].split()
    match [word.lower() for word in words]:
        case [] | ["help"]:
            return Help()
        case ["status"]:
            return Status()
        case ["link"]:
            return Link()
        case ["unlink"]:
            return Unlink()
        case ["link", "team", *team] if len(team) <= 1:
            return LinkTeam("".join(team).removeprefix("#"))
        case ["unlink", "team", *team] if len(team) <= 1:
            return UnlinkTeam("".join(team).removeprefix("#"))
        case ["why", name] if issue := short_id(name):
            return Why(issue)
        case ["silence", name, *lasts] if (issue := short_id(name)) and (minutes := _minutes(lasts)):
            return Silence(issue, minutes)
        case ["why" | "silence" as begun, *_]:
            return next(Unclear(line, does) for line, does in LINES if line.startswith(begun))
        case _:
            return Help(" ".join(words))


def short_id(name: str) -> ShortId | None:
    """An issue's name as people write it; None for what is none."""
    found = _SHORT_ID.fullmatch(name)
    return ShortId(found[1].lower(), int(found[2])) if found else None


def _minutes(lasts: list[str]) -> int:
    """How long, in minutes; 0 for what is no length."""
    if not lasts:
        return A_DAY
    found = _LASTS.fullmatch(lasts[0]) if len(lasts) == 1 else None
    return int(found[1]) * _MINUTES[found[2]] if found else 0

"""The keys of a search that are more than tags: what each takes, and in which words. One row a key."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin.core.event import LEVELS

EQUALS = "="
CHOICE, TEXT, EXACT, PERSON, NUMBER, TIME = "choice", "text", "exact", "person", "number", "time"
ME = ("me",)
MOST_STARS = 5  # of one value: each costs a database a walk through the text

_RELATIVE = re.compile(r"(?P<sign>[+-])(?P<count>\d{1,5})(?P<unit>[smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is typed (`name` and `aliases`, in any case), what it takes, and a sentence for people."""

    name: str
    kind: str
    help: str
    values: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


STATES = (
    *("unresolved", "resolved", "ignored", "archived"),
    *("new", "ongoing", "escalating", "regressed", "assigned", "unassigned"),
)
KEYS = (
    Key("is", CHOICE, "the state of an issue", STATES),
    Key("assigned", PERSON, "who has it: me, my_teams, none, an e-mail address or #team", aliases=("assigned_to",)),
    Key("bookmarks", CHOICE, "issues that you have bookmarked", ME, ("bookmarked",)),
    Key("subscribed", CHOICE, "issues that you follow", ME, ("subscribes",)),
    Key("level", CHOICE, "how severe the latest event is", tuple(LEVELS)),
    Key("project", TEXT, "a project's short name"),
    Key("environment", TEXT, "an environment that it was seen in"),
    Key("release", TEXT, "a release that it was seen in"),
    Key("firstRelease", TEXT, "the release that it was first seen in", aliases=("first-release", "first_release")),
    Key("age", TIME, "when it was first seen: -24h is within, +7d earlier", aliases=("firstSeen", "first_seen")),
    Key("lastSeen", TIME, "when it was last seen: -1h is within, +30d earlier", aliases=("last-seen", "last_seen")),
    Key("timesSeen", NUMBER, "how many events it has: >100", aliases=("times-seen", "times_seen")),
    Key("usersSeen", NUMBER, "how many people it happened to: >=10", aliases=("users-seen", "users_seen")),
    Key("user", EXACT, "a person it happened to, whole: id:42, email:a@b.example, username:ana or ip:10.0.0.1"),
    Key("has", TEXT, "issues with any value of a tag"),
)
_BY_NAME = {name.lower(): key for key in KEYS for name in (key.name, *key.aliases)}


def key_of(name: str) -> Key | None:
    """The key of a name in any case; None for a tag's."""
    return _BY_NAME.get(name.lower())


def why_not(key: Key, value: str, operator: str = EQUALS) -> str:
    """Why a key does not take a value, in words for the person who typed it; "" where it does."""
    match key.kind:
        case "choice" if value.lower() not in key.values:
            return f"{key.name}: takes {_either(key.values)}."
        case "person" if value not in ("me", "my_teams", "none") and not value.startswith("#") and "@" not in value:
            return f"{key.name}: takes me, my_teams, none, an e-mail address or #team."
        case "exact" if "*" in value:
            return f"{key.name}: takes a whole value, without *: people are kept as digests."
        case "number" if not _NUMBER.fullmatch(value):
            return f"{key.name}: takes a whole number, as in {key.name}:>10."
        case "time" if bounds(value, operator, datetime(2026, 1, 1, tzinfo=UTC)) is None:
            return (
                f"{key.name}: takes -24h (within), +7d (earlier) with s, m, h, d or w,"
                f" a day as in {key.name}:2026-01-31, or {key.name}:>2026-01-31T12:00."
            )
        case _:
            return ""


def bounds(value: str, operator: str, now: datetime) -> tuple[datetime | None, datetime | None] | None:
    """From when (inclusive) until when (exclusive) a time may be, None for open; None for what is no time."""
    try:
        if found := _RELATIVE.fullmatch(value):
            edge = now - timedelta(**{_UNITS[found["unit"]]: int(found["count"])})
            inward = (found["sign"] == "-") == (operator in (EQUALS, "<", "<="))
            return (edge, None) if inward else (None, edge)
        edge = datetime.fromisoformat(value)
        edge = edge if edge.tzinfo else edge.replace(tzinfo=UTC)
        step = timedelta(days=1) if _DAY.fullmatch(value) else timedelta(microseconds=1)
        after = edge.astimezone(UTC) + step
    except (ValueError, OverflowError):
        return None
    sides = {">": (after, None), ">=": (edge, None), "<": (None, edge), "<=": (None, after)}
    return sides.get(operator, (edge, after))


def _either(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"

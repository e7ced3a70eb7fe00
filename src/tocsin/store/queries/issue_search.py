"""What people type to find issues: `is:unresolved level:error browser:Firefox "some words"`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tocsin.core.event import LEVELS
from tocsin.core.issue import Status

DEFAULT = "is:unresolved"
STATUSES = {
    "unresolved": Status.UNRESOLVED,
    "resolved": Status.RESOLVED,
    "ignored": Status.IGNORED,
    "archived": Status.IGNORED,
}
TERM = re.compile(r'(?:(?P<key>!?[A-Za-z_][\w.-]*):)?(?:"(?P<quoted>[^"]*)"|(?P<bare>\S+))')
SHORT_ID = re.compile(r"(?P<project>[A-Za-z0-9_-]+)-(?P<number>\d{1,18})")


@dataclass(frozen=True, slots=True)
class Search:
    """A search as the database is asked. `assigned` is me, none, an e-mail address or #team.

    `notes` say what was typed and not understood: such a term is left out, never guessed at.
    """

    status: Status | None = None
    levels: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    assigned: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def parse(text: str) -> Search:
    """The search that a text stands for. Never fails; terms of one key widen it, different keys narrow it."""
    search = Search()
    for key, value in _terms(text):
        search = _READERS.get(key, _tag(key))(search, value) if key else _word(search, value)
    return search


def within(search: Search, project: str) -> Search:
    """The same search in one project; "" for all."""
    return replace(search, projects=(project,)) if project else search


def _terms(text: str) -> Iterator[tuple[str, str]]:
    for found in TERM.finditer(text.replace("\x00", "")):
        key, bare = found["key"] or "", found["bare"]
        if bare is not None and bare.startswith("//"):  # a web address is text, not a tag called https
            key, bare = "", f"{key}:{bare}"
        yield key, found["quoted"] if bare is None else bare


def _word(search: Search, value: str) -> Search:
    return replace(search, words=(*search.words, value)) if value else search


def _tag(key: str) -> Callable[[Search, str], Search]:
    def read(search: Search, value: str) -> Search:
        if key.startswith("!"):
            return _noted(search, f"“{key}:{value}” was left out: terms cannot be turned round with “!” yet.")
        return replace(search, tags=(*search.tags, (key, value)))

    return read


def _is(search: Search, value: str) -> Search:
    if value.lower() in STATUSES:
        return replace(search, status=STATUSES[value.lower()])
    return _noted(search, f"“is:{value}” was left out: is: takes unresolved, resolved or ignored.")


def _level(search: Search, value: str) -> Search:
    if value.lower() in LEVELS:
        return replace(search, levels=(*search.levels, value.lower()))
    return _noted(search, f"“level:{value}” was left out: levels are fatal, error, warning, info and debug.")


def _assigned(search: Search, value: str) -> Search:
    if value in ("me", "none") or value.startswith("#") or "@" in value:
        return replace(search, assigned=value.lower())
    return _noted(search, f"“assigned:{value}” was left out: assigned: takes me, none, an e-mail address or #team.")


def _noted(search: Search, note: str) -> Search:
    return replace(search, notes=(*search.notes, note))


_READERS: dict[str, Callable[[Search, str], Search]] = {
    "is": _is,
    "level": _level,
    "assigned": _assigned,
    "environment": lambda search, value: replace(search, environments=(*search.environments, value)),
    "release": lambda search, value: replace(search, releases=(*search.releases, value)),
    "project": lambda search, value: replace(search, projects=(*search.projects, value)),
}

"""CODEOWNERS files of GitHub and GitLab, read and turned into ownership rules (behaviour §4.4)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tocsin.core.ownership_parse import Problem
from tocsin.core.ownership_rule import CODEOWNERS, Matcher, Owner, OwnershipRule

_WORD = re.compile(r"(?:\\.|[^\s\\]|\\$)+")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
# "[Section]", "^[Optional]", "[Section][2] @default-owner": GitLab's.
_SECTION = re.compile(r"\^?\[[^\]]+\](?:\[\d+\])?(?=\s|$)")
_SLASHES = re.compile(r"/{2,}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: a pattern and the names of its owners there (`@ana`, `@acme/web`, an address)."""

    number: int
    pattern: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """The lines that can be used, and why the others cannot. Notes are no errors: the rest of the file counts."""

    lines: tuple[Line, ...]
    notes: tuple[Problem, ...]

    def names(self) -> tuple[str, ...]:
        """Everybody whom the file names, each once."""
        return tuple(dict.fromkeys(name for line in self.lines for name in line.names))


@dataclass(frozen=True, slots=True)
class Roots:
    """Where the repository lies in the paths that the SDK reports: `source` there is `stack` here."""

    source: str = ""
    stack: str = ""


@dataclass(frozen=True, slots=True)
class Converted:
    """The rules that a file gives, who in it stands for nobody here, and what was left out."""

    rules: tuple[OwnershipRule, ...]
    unknown: tuple[str, ...]
    notes: tuple[Problem, ...]


def read(text: str) -> File:
    """The file's lines. Nothing is raised: what cannot be used is noted."""
    lines: list[Line] = []
    notes: list[Problem] = []
    for number, given in enumerate(text.split("\n"), 1):
        found = _line(number, given.strip())
        if isinstance(found, Line):
            lines.append(found)
        elif found is not None:
            notes.append(found)
    return File(tuple(lines), tuple(notes))


def convert(file: File, known: Mapping[str, Owner], roots: Roots) -> Converted:
    """The file as ownership rules; `known` maps a name there, in lower case, to somebody here.

    Names that are unknown are skipped, and lines that name nobody known.
    """
    rules = []
    for line in file.lines:
        owners = tuple(dict.fromkeys(known[name.lower()] for name in line.names if name.lower() in known))
        if owners:
            rules.append(OwnershipRule(Matcher(CODEOWNERS, anchored(line.pattern, roots)), owners, line.number))
    unknown = tuple(sorted({name for name in file.names() if name.lower() not in known}))
    return Converted(tuple(rules), unknown, file.notes)


def anchored(pattern: str, roots: Roots) -> str:
    """An anchored pattern with the root of the source replaced by the one of the stack; others fit at any depth."""
    if "/" not in pattern.rstrip("/") or pattern.startswith("**/"):
        return pattern
    path = pattern.lstrip("/")
    source = roots.source.lstrip("/")
    if source and path.startswith(source):
        path = path[len(source) :]
    return _SLASHES.sub("/", f"/{roots.stack}/{path}" if roots.stack else f"/{path}")


def is_email(name: str) -> bool:
    """Whether a name in the file is an address; else it is `@user` or, with a slash, `@organization/team`."""
    return _EMAIL.fullmatch(name) is not None


def _line(number: int, given: str) -> Line | Problem | None:
    if not given or given.startswith("#"):
        return None
    if _SECTION.match(given):
        return Problem(number, 1, "A section of GitLab; its lines count, its default owners do not.", given)
    words = list(_words(given))
    pattern, names = words[0], tuple(words[1:])
    reason = _unusable(pattern)
    if reason:
        return Problem(number, 1, f"{reason} This line is left out.", given)
    return Line(number, pattern, names) if names else None


def _words(given: str) -> Iterator[str]:
    """What blanks part, until a word that begins with "#"."""
    for place, found in enumerate(_WORD.finditer(given)):
        if place and found[0].startswith("#"):
            return
        yield found[0]


_REASONS: Mapping[str, str] = {
    "!": "Patterns that begin with “!” are not supported.",
    "\\": "Patterns with an escaped blank or sign are not supported.",
    "[": "Ranges of characters, “[…]”, are not supported.",
}


def _unusable(pattern: str) -> str:
    signs: Iterable[str] = (*(("!",) if pattern.startswith("!") else ()), *(s for s in "\\[" if s in pattern))
    return next((_REASONS[sign] for sign in signs), "")

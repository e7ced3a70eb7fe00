"""Reads the ownership language: a line is a comment, or what it matches and who owns that (behaviour §4.1).

# who looks after what
src/checkout/*             #payments
url:"https://shop.test/a b*"  ana@example.com  # a blank before it makes this a comment
tags.customer:gold*        #key-accounts ana@example.com
"""

import re
from dataclasses import dataclass, field

from tocsin.core.ownership_rule import CODEOWNERS, MODULE, PATH, TAG, TEAM, URL, USER, Matcher, Owner, OwnershipRule

MOST_PROBLEMS = 100

_TYPE = re.compile(rf"(?:({URL}|{PATH}|{MODULE}|{CODEOWNERS})|({re.escape(TAG)}[^:\s]*)):")
_BLANKS = re.compile(r"\s*")
_WORD = re.compile(r"\S+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_EMAIL = re.compile(r"[^\s@,;<>\"#]+@[^\s@,;<>\"#]+")
_SLUG = re.compile(r"[\w.-]+")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a place of the text; lines and columns count from 1. `rule` is the line as it stands."""

    line: int
    column: int
    message: str
    rule: str = ""

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """All lines that could be read, and what was wrong with the others."""

    rules: tuple[OwnershipRule, ...]
    problems: tuple[Problem, ...]


def parse(text: str) -> Parsed:
    """The rules in the text. Nothing is raised: each line that is wrong has its problems, at most 100 in all."""
    rules: list[OwnershipRule] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        read = _Line(number, line)
        rule = read.rule()
        problems += read.problems
        if rule is not None and not read.problems:
            rules.append(rule)
        if len(problems) >= MOST_PROBLEMS:
            break
    return Parsed(tuple(rules), tuple(problems[:MOST_PROBLEMS]))


@dataclass(slots=True)
class _Line:
    """One line, read from left to right; `place` is how far."""

    number: int
    text: str
    place: int = 0
    problems: list[Problem] = field(default_factory=list)

    def rule(self) -> OwnershipRule | None:
        """The rule in this line; None for a comment, for nothing, and for what has no readable beginning."""
        if "\0" in self.text:
            self._wrong(self.text.index("\0"), "A NUL character cannot be kept; remove it.")
            return None
        self._skip_blanks()
        if self._at_end() or self.text[self.place] == "#":
            return None
        matcher = self._matcher()
        if matcher is None:
            return None
        owners = self._owners()
        return OwnershipRule(matcher, tuple(dict.fromkeys(owners)), self.number)

    def _matcher(self) -> Matcher | None:
        kind = PATH
        found = _TYPE.match(self.text, self.place)
        if found:
            kind = found[1] or found[2]
            if kind == TAG:
                self._expected("the name of a tag after “tags.”", self.place + len(TAG))
                return None
            self.place = found.end()
        pattern = self._pattern()
        return None if pattern is None else Matcher(kind, pattern)

    def _pattern(self) -> str | None:
        start = self.place
        if self.text[start : start + 1] == '"':
            found = _QUOTED.match(self.text, start)
            if found is None:
                self._wrong(start, 'Expected a closing quote (") before the end of the line.')
                return None
            self.place = found.end()
            if not found[1]:
                self._wrong(start, "Expected a pattern between the quotes, found nothing.")
                return None
            if not self._at_end() and not self.text[self.place].isspace():
                self._expected("a blank after the closing quote")
                return None
            return _ESCAPED.sub(r"\1", found[1])
        word = _WORD.match(self.text, start)
        if word is None:
            self._expected("a pattern right after the colon")
            return None
        self.place = word.end()
        return word[0]

    def _owners(self) -> list[Owner]:
        owners: list[Owner] = []
        wrong = False
        while True:
            self._skip_blanks()
            word = _WORD.match(self.text, self.place)
            if word is None or _is_comment(word[0]):
                break
            owner = _owner(word[0])
            if owner is None:
                wrong = True
                self._expected("an e-mail address or #team")
            else:
                owners.append(owner)
            self.place = word.end()
        if not owners and not wrong:
            self._expected("an owner, as an e-mail address or #team")
        return owners

    def _skip_blanks(self) -> None:
        found = _BLANKS.match(self.text, self.place)
        self.place = found.end() if found else self.place

    def _at_end(self) -> bool:
        return self.place >= len(self.text)

    def _expected(self, what: str, place: int | None = None) -> None:
        place = self.place if place is None else place
        word = _WORD.match(self.text, place)
        found = "the end of the line" if place >= len(self.text) else f"“{_short(word[0])}”" if word else "a blank"
        self._wrong(place, f"Expected {what}, found {found}.")

    def _wrong(self, place: int, message: str) -> None:
        self.problems.append(Problem(self.number, place + 1, message, self.text.strip()))


def _is_comment(word: str) -> bool:
    """A "#" that begins no slug: alone, or before anything that no slug begins with."""
    return word.startswith("#") and not _SLUG.match(word, 1)


def _owner(word: str) -> Owner | None:
    if word.startswith("#"):
        return Owner(TEAM, word[1:]) if _SLUG.fullmatch(word, 1) else None
    return Owner(USER, word.lower()) if _EMAIL.fullmatch(word) else None


def _short(word: str) -> str:
    return word if len(word) <= _SHOWN else f"{word[:_SHOWN]}…"

"""What people type to find issues, as a value: `is:unresolved !level:info browser:Fire* "some words"`.

Filters of one facet widen each other, different facets narrow; tags and words always narrow. What cannot be read
is a fault with its place and what was expected there; the other terms still hold.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tocsin.core.search_keys import EQUALS, MOST_STARS, NUMBER, TIME, key_of, why_not

LONGEST = 2_000  # characters
MOST_TERMS = 50  # an expression that a database still reads gladly

_KEY = re.compile(r"(?P<not>!?)(?P<key>[A-Za-z_][\w.-]*):")
_OPERATOR = re.compile(r"[<>]=?")
_BARE = re.compile(r'[^\s"]\S*')
_QUOTED = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?=\s|$)', re.DOTALL)
_ITEM = re.compile(
    r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s",\[\]][^",\[\]]*?))\s*(?P<end>[,\]])', re.DOTALL
)
_ESCAPED = re.compile(r'\\([\\*"])|(\*)')


@dataclass(frozen=True, slots=True)
class Pattern:
    """A value: the literal pieces between wildcards; one piece is an exact value."""

    pieces: tuple[str, ...]

    @property
    def text(self) -> str:
        return "*".join(self.pieces)

    @property
    def is_exact(self) -> bool:
        return len(self.pieces) == 1

    def __str__(self) -> str:
        return "*".join(re.sub(r'[\\*"]', r"\\\g<0>", piece) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Filter:
    """One term. `key` is a known key's own name, a tag's, or "" for words; any of `values` fits."""

    key: str
    values: tuple[Pattern, ...]
    is_negated: bool = False
    operator: str = EQUALS

    def __str__(self) -> str:
        if not self.key:
            return '"' + re.sub(r'["\\]', r"\\\g<0>", self.values[0].text) + '"'
        said = [_written(value) for value in self.values]
        value = said[0] if len(said) == 1 else f"[{', '.join(said)}]"
        operator = "" if self.operator == EQUALS else self.operator
        return f"{'!' if self.is_negated else ''}{self.key}:{operator}{value}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be read: the characters from `start` to `end`, and what was expected there."""

    start: int
    end: int
    said: str
    expected: str

    def __str__(self) -> str:
        return f"“{self.said}” (at {self.start + 1}): {self.expected}"


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it was understood. `str` writes it so that it is read as the same again."""

    filters: tuple[Filter, ...] = ()
    faults: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.filters))

    def values(self, key: str) -> tuple[str, ...]:
        """What a key that is not negated was said to be."""
        return tuple(
            value.text for one in self.filters if one.key == key and not one.is_negated for value in one.values
        )

    def within(self, project: str) -> "Search":
        """The same in one project; "" for all."""
        only = Filter("project", (Pattern((project,)),))
        return replace(self, filters=(*self.filters, only)) if project else self


def pattern(text: str) -> Pattern:
    r"""The value that a text writes: * is a wildcard, \* a star, \\ a backslash, \" a quote."""
    pieces, end = [""], 0
    for found in _ESCAPED.finditer(text):
        pieces[-1] += text[end : found.start()] + (found[1] or "")
        end = found.end()
        if found[2]:
            pieces.append("")
    pieces[-1] += text[end:]
    return Pattern(tuple(pieces))


def parse(text: str) -> Search:
    """The search that a text stands for. Never fails: what it cannot read is among the faults."""
    filters: list[Filter] = []
    faults: list[Fault] = []
    if len(text) > LONGEST:
        said = f"{text[LONGEST : LONGEST + 20]}…"
        faults.append(Fault(LONGEST, len(text), said, f"a search has at most {LONGEST:,} characters."))
    for one in _terms(text[:LONGEST].replace("\x00", " ")):
        if isinstance(one, Fault):
            faults.append(one)
        elif len(filters) < MOST_TERMS:
            filters.append(one)
        else:
            faults.append(Fault(0, len(text), str(one), f"a search has at most {MOST_TERMS} terms."))
            break
    return Search(tuple(filters), tuple(faults))


def _terms(text: str) -> Iterator[Filter | Fault]:
    at = 0
    while True:
        at += len(text[at:]) - len(text[at:].lstrip())
        if at >= len(text):
            return
        one, end = _term(text, at)
        yield one
        at = end


def _term(text: str, at: int) -> tuple[Filter | Fault, int]:
    """The term that begins at a place, and where it ends."""
    key = _KEY.match(text, at)
    if key is None or text.startswith("//", key.end()):  # a web address is text, not a tag called https
        return _words(text, at)
    kind = key_of(key["key"])
    start, operator = key.end(), EQUALS
    if kind and kind.kind in (NUMBER, TIME) and (found := _OPERATOR.match(text, start)):
        operator, start = found[0], found.end()
    values, end = _values(text, start)
    said = text[at:end]
    if values is None:
        return Fault(at, len(text), text[at : at + 40], 'a closing " or ] is missing.'), len(text)
    if not values or any(value.pieces == ("",) for value in values):
        hint = f"a value is expected after {key['key']}: (!has:{key['key']} finds issues without it)."
        return Fault(at, end, said, hint), end
    if any(len(value.pieces) > MOST_STARS + 1 for value in values):
        return Fault(at, end, said, f"a value has at most {MOST_STARS} wildcards."), end
    name = kind.name if kind else key["key"]
    if kind and (why := next((why for value in values if (why := why_not(kind, value.text, operator))), "")):
        return Fault(at, end, said, why), end
    if kind and kind.values:
        values = tuple(Pattern((value.text.lower(),)) for value in values)
    return Filter(name, values, bool(key["not"]), operator), end


def _plain(text: str) -> str:
    """Words have no wildcards: they may stand anywhere in a text as it is."""
    return re.sub(r'\\(["\\])', r"\1", text)


def _words(text: str, at: int) -> tuple[Filter | Fault, int]:
    if text[at] == '"':
        quoted = _QUOTED.match(text, at)
        if quoted is None:
            return Fault(at, len(text), text[at : at + 40], 'a closing " is missing.'), len(text)
        if not quoted["text"].strip():
            return Fault(at, quoted.end(), quoted[0], "words are expected between the quotes."), quoted.end()
        return Filter("", (Pattern((_plain(quoted["text"]),)),)), quoted.end()
    end = _end_of_bare(text, at)
    return Filter("", (Pattern((text[at:end],)),)), end


def _values(text: str, at: int) -> tuple[tuple[Pattern, ...] | None, int]:
    """The values that begin at a place, and where they end; None for a quote or a bracket that never closes."""
    if text.startswith("[", at):
        return _list(text, at + 1)
    if text.startswith('"', at):
        quoted = _QUOTED.match(text, at)
        return ((pattern(quoted["text"]),), quoted.end()) if quoted else (None, len(text))
    end = _end_of_bare(text, at)
    return ((pattern(text[at:end]),) if end > at else ()), end


def _list(text: str, at: int) -> tuple[tuple[Pattern, ...] | None, int]:
    found: list[Pattern] = []
    while item := _ITEM.match(text, at):
        found.append(pattern(item["bare"] if item["quoted"] is None else item["quoted"]))
        at = item.end()
        if item["end"] == "]":
            return tuple(found), at
    return None, len(text)


def _end_of_bare(text: str, at: int) -> int:
    found = _BARE.match(text, at)
    return found.end() if found else at


def _written(value: Pattern) -> str:
    said = str(value)
    is_plain = re.fullmatch(r'[^\s",\[\]<>=!:/\\]+', said)
    return said if is_plain else f'"{said}"'

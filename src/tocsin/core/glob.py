"""Shell globs that cost no more than pattern times text, whatever either holds.

`*` is any text, `?` one character, `[a-z]` one of them and `[!a-z]` none of them; a `[` without its `]` is itself.
What stands between two stars has a fixed length, so the first place where it fits is as good as any later one:
nothing is ever tried twice, and `a*a*a*…` of 10,000 characters takes microseconds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# Where paths, modules and addresses fall apart into words; see Words.
_APART = re.compile(r"[./]")


@dataclass(frozen=True, slots=True)
class Words:
    """What every text that fits a glob contains, to find candidates without trying each.

    `whole` ones stand between dots, slashes and the text's ends; `parts` stand somewhere within such a word.
    """

    whole: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Literal:
    text: str
    length: int

    def at(self, text: str, start: int) -> bool:
        return text.startswith(self.text, start)

    def find(self, text: str, start: int, stop: int) -> int:
        """Where the first place that fits ends, or -1."""
        found = text.find(self.text, start, stop)
        return found if found < 0 else found + self.length


@dataclass(frozen=True, slots=True)
class _Wild:
    """A piece with `?` or `[…]`: a regular expression of fixed length, which has nothing to backtrack into."""

    pattern: re.Pattern[str]
    length: int

    def at(self, text: str, start: int) -> bool:
        return self.pattern.match(text, start) is not None

    def find(self, text: str, start: int, stop: int) -> int:
        """Where the first place that fits ends, or -1."""
        found = self.pattern.search(text, start, stop)
        return found.end() if found else -1


@dataclass(frozen=True, slots=True)
class Glob:
    """What stands between the stars, in order; the first piece begins the text and the last one ends it."""

    pieces: tuple[_Literal | _Wild, ...]
    least: int  # characters that a text needs to fit
    words: Words

    @property
    def rate(self) -> int:
        """Nanoseconds or so that a character of text costs at most."""
        wild = (piece.length for piece in self.pieces if isinstance(piece, _Wild))
        return 2 * len(self.pieces) + max(wild, default=0)

    def matches(self, text: str) -> bool:
        """Whether all of the text fits."""
        size, pieces = len(text), self.pieces
        if len(pieces) == 1:
            return size == self.least and pieces[0].at(text, 0)
        stop = size - pieces[-1].length
        if size < self.least or not pieces[0].at(text, 0) or not pieces[-1].at(text, stop):
            return False
        reached = pieces[0].length
        for piece in pieces[1:-1]:
            reached = piece.find(text, reached, stop)
            if reached < 0:
                return False
        return True


@lru_cache(maxsize=4096)
def glob(pattern: str) -> Glob:
    """A pattern made ready; case counts, so lower both sides where it should not."""
    elements = list(_pieces(pattern))
    # Of the pieces between stars, those that are empty say nothing; the outer two say where the text's ends are.
    kept = [one for place, one in enumerate(elements) if one or place in (0, len(elements) - 1)]
    made = tuple(_piece(one) for one in kept)
    return Glob(made, sum(piece.length for piece in made), _words(kept))


def _pieces(pattern: str) -> Iterator[list[str]]:
    """The pieces between stars, each as its single characters, `?` and `[…]`."""
    piece: list[str] = []
    place = 0
    while place < len(pattern):
        element = _element(pattern, place)
        place += len(element)
        if element == "*":
            yield piece
            piece = []
        else:
            piece.append(element)
    yield piece


def _element(pattern: str, place: int) -> str:
    if pattern[place] == "[":
        # A "]" right after the bracket is one of the set.
        content = place + 2 if pattern.startswith("!", place + 1) else place + 1
        end = pattern.find("]", content + 1)
        if end > 0:
            return pattern[place : end + 1]
    return pattern[place]


def _piece(elements: list[str]) -> _Literal | _Wild:
    if not any(_is_wild(element) for element in elements):
        return _Literal("".join(elements), len(elements))
    return _Wild(re.compile("".join(map(_expression, elements)), re.DOTALL), len(elements))


def _is_wild(element: str) -> bool:
    return element == "?" or len(element) > 1


def _expression(element: str) -> str:
    if element == "?":
        return "."
    return _set(element[1:-1]) if len(element) > 1 else re.escape(element)


def _set(content: str) -> str:
    negated = content.startswith("!")
    content = content[1:] if negated else content
    parts, place = [], 0
    while place < len(content):
        if content[place + 1 : place + 2] == "-" and place + 2 < len(content):
            first, last = content[place], content[place + 2]
            parts += [f"{re.escape(first)}-{re.escape(last)}"] if first <= last else []
            place += 3
        else:
            parts.append(re.escape(content[place]))
            place += 1
    if not parts:
        return "." if negated else "(?!)"
    return f"[{'^' if negated else ''}{''.join(parts)}]"


def _words(pieces: list[list[str]]) -> Words:
    whole: list[str] = []
    parts: list[str] = []
    for place, piece in enumerate(pieces):
        runs = "".join("\0" if _is_wild(element) else element for element in piece).split("\0")
        for number, run in enumerate(runs):
            words = _APART.split(run)
            begins = place == 0 and number == 0
            ends = place == len(pieces) - 1 and number == len(runs) - 1
            for index, word in enumerate(words):
                is_whole = (index > 0 or begins) and (index < len(words) - 1 or ends)
                (whole if is_whole else parts).append(word)
    return Words(tuple(filter(None, whole)), tuple(filter(None, parts)))

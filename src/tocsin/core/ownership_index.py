"""A thousand patterns against the paths of an event, where only the few that can fit are tried.

Comparing 1,000 patterns with 200 paths takes 200,000 comparisons. But nearly every pattern contains whole words
(`checkout` in `src/checkout/*`), which stand in few paths: the event's words are looked up, and only patterns
whose rarest word is there are compared, and only with the paths that it stands in.

Rules and events can be made to need everything all the same: patterns full of "?" against paths of "a". What is
compared is therefore counted, and ends at BUDGET, with the weakest rules.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tocsin.core.glob import Words

# Nanoseconds or so for all comparisons of one kind in one event; 1,000 rules and 100 frames take 0.3 million.
BUDGET = 100_000_000

# Whether a pattern fits a text.
Fits = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """A pattern made ready. `place` says which rule it is, `rate` what a character of text costs at most."""

    place: int
    words: Words
    rate: int
    fits: Fits


@dataclass(frozen=True, slots=True)
class Index:
    """Patterns by the whole word that they need; by a part of a word; and those that need none, as `*` does."""

    by_word: dict[str, list[Entry]] = field(default_factory=dict)
    by_part: list[tuple[str, Entry]] = field(default_factory=list)
    other: list[Entry] = field(default_factory=list)

    def matching(self, texts: Sequence[str]) -> list[tuple[int, str]]:
        """The places of the patterns that fit any of the texts, each with one text that it fits.

        Beyond BUDGET the patterns of lower places are not compared.
        """
        found: list[tuple[int, str]] = []
        left = BUDGET
        for entry, among in sorted(self._candidates(texts), key=_place, reverse=True):
            for text in among:
                left -= entry.rate * len(text)
                if entry.fits(text):
                    found.append((entry.place, text))
                    break
                if left < 0:
                    return found
        return found

    def _candidates(self, texts: Sequence[str]) -> list[tuple[Entry, Sequence[str]]]:
        needed = self.by_word.keys()
        among: dict[str, list[str]] = {}
        every: set[str] = set()
        for text in texts:
            words = text.replace(".", "/").split("/")
            every.update(words)
            for word in needed & words:
                among.setdefault(word, []).append(text)
        found: list[tuple[Entry, Sequence[str]]] = [
            (entry, texts_with) for word, texts_with in among.items() for entry in self.by_word[word]
        ]
        joined = "\n".join(every)
        found += [(entry, texts) for part, entry in self.by_part if part in joined]
        found += [(entry, texts) for entry in self.other]
        return found


def index(entries: Iterable[Entry]) -> Index:
    """The entries, each under the word that the fewest others need."""
    entries = list(entries)
    common = Counter(word for entry in entries for word in set(entry.words.whole))
    made = Index()
    for entry in entries:
        if entry.words.whole:
            rarest = min(entry.words.whole, key=lambda word: (common[word], -len(word)))
            made.by_word.setdefault(rarest, []).append(entry)
        elif entry.words.parts:
            made.by_part.append((max(entry.words.parts, key=len), entry))
        else:
            made.other.append(entry)
    return made


def _place(candidate: tuple[Entry, Sequence[str]]) -> int:
    return candidate[0].place

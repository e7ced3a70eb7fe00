"""A thousand patterns against the paths of an event, where only the few that can fit are tried.

Comparing 1,000 patterns with 200 paths takes 200,000 comparisons. But nearly every pattern contains whole words
(`checkout` in `src/checkout/*`), which stand in few paths: the event's words are looked up, and only patterns
whose rarest word is there are compared, and only with the paths that it stands in.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tocsin.core.glob import Words

# Whether a pattern fits a text.
Fits = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """A pattern made ready. `place` says which rule it is."""

    place: int
    words: Words
    fits: Fits


@dataclass(frozen=True, slots=True)
class Index:
    """Patterns by the whole word that they need; by a part of a word; and those that need none, as `*` does."""

    by_word: dict[str, list[Entry]] = field(default_factory=dict)
    by_part: list[tuple[str, Entry]] = field(default_factory=list)
    other: list[Entry] = field(default_factory=list)

    def matching(self, texts: Sequence[str]) -> list[tuple[int, str]]:
        """The places of the patterns that fit any of the texts, each with one text that it fits."""
        candidates = self._candidates(texts)
        return [(entry.place, text) for entry, among in candidates for text in _first(entry.fits, among)]

    def _candidates(self, texts: Sequence[str]) -> list[tuple[Entry, Sequence[str]]]:
        words: dict[str, list[str]] = {}
        for text in texts:
            for word in text.replace(".", "/").split("/"):
                among = words.get(word)
                if among is None:
                    words[word] = [text]
                elif among[-1] is not text:
                    among.append(text)
        found: list[tuple[Entry, Sequence[str]]] = [
            (entry, words[word]) for word in words.keys() & self.by_word.keys() for entry in self.by_word[word]
        ]
        if self.by_part:
            joined = "\n".join(words)
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


def _first(fits: Fits, texts: Sequence[str]) -> list[str]:
    for text in texts:
        if fits(text):
            return [text]
    return []

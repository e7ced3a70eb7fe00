"""What may come next in a search that is being typed: its last term, and what that could become."""

import re
from dataclasses import dataclass

from tocsin.core.search import Filter, Pattern
from tocsin.core.search_keys import CHOICE, EQUALS, KEYS, NUMBER, PERSON, TIME, key_of

MOST = 10
PEOPLE = ("me", "my_teams", "none")
TIMES = ("-24h", "-7d", "+30d")
COUNTS = ("10", "100", "1000")
_LAST = re.compile(r'(?:^|(?<=\s))(?P<not>!?)(?:(?P<key>[A-Za-z_][\w.-]*):)?(?P<said>"[^"]*|[^\s":\[\]]*)$')


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word to go on with, what it is, and the whole search with it. `is_whole` when its term ends with it."""

    words: str
    help: str
    query: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The last term: its key ("" while that is being typed), and what was said of it or of its value."""

    before: str
    is_negated: bool
    key: str
    said: str

    def with_key(self, name: str, about: str) -> Suggestion:
        return Suggestion(
            f"{name}:", about, f"{self.before}{'!' if self.is_negated else ''}{name}:", is_whole=False
        )

    def with_value(self, value: str, operator: str = EQUALS) -> Suggestion:
        term = str(Filter(self.key, (Pattern((value,)),), self.is_negated, operator))
        words = value if operator == EQUALS else operator + value
        return Suggestion(words, "", f"{self.before}{term} ", is_whole=True)


def unfinished(text: str) -> Unfinished | None:
    """The term that a text ends with; None where nothing can be suggested: in a list, after closing quotes."""
    found = _LAST.search(text)
    if found is None:
        return None
    key = key_of(found["key"]) if found["key"] else None
    name = key.name if key else found["key"] or ""
    return Unfinished(text[: found.start()], bool(found["not"]), name, found["said"].removeprefix('"'))


def keys(term: Unfinished) -> list[Suggestion]:
    """The known keys that begin with what was said."""
    said = term.said.lower()
    return [term.with_key(key.name, key.help) for key in KEYS if key.name.lower().startswith(said)]


def values(term: Unfinished) -> list[Suggestion]:
    """The values that are known of a key, whatever has been reported."""
    key = key_of(term.key)
    if key is None:
        return []
    known = {CHOICE: key.values, PERSON: PEOPLE, TIME: TIMES, NUMBER: COUNTS}.get(key.kind, ())
    said = term.said.lower().lstrip("<>=")
    operator = ">" if key.kind == NUMBER else EQUALS
    return [term.with_value(one, operator) for one in known if said in one]

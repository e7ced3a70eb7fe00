"""Who owns the code that an event comes from: the rules of a project, asked of an event (behaviour §4.2, §4.3)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from tocsin.core.event import Event
from tocsin.core.glob import glob
from tocsin.core.ownership_index import Entry, Index, index
from tocsin.core.ownership_rule import CODEOWNERS, Owner, OwnershipRule
from tocsin.core.ownership_subjects import folded, texts
from tocsin.core.path_pattern import names_of, path_pattern


class Kind(StrEnum):
    """Where a rule stands; an ownership rule beats every line of a CODEOWNERS file."""

    OWNERSHIP_RULE = "ownership_rule"
    CODEOWNERS = "codeowners"


@dataclass(frozen=True, slots=True)
class Owned:
    """One rule that an event fits.

    `owners` are in the rule's order: all may be suggested, the last one is told and assigned. `line` counts from 1
    in the text that the rule stands in, `seen` is what of the event fits.
    """

    rule: OwnershipRule
    kind: Kind
    seen: str

    @property
    def owners(self) -> tuple[Owner, ...]:
        return self.rule.owners

    @property
    def owner(self) -> Owner:
        """The one who is told, and to whom the issue is assigned."""
        return self.rule.owners[-1]

    @property
    def text(self) -> str:
        return str(self.rule)

    @property
    def line(self) -> int:
        return self.rule.line


@dataclass(frozen=True, slots=True)
class Compiled:
    """A project's rules made ready, weakest first: make it once a version of the project, ask it often.

    Without `rules` nobody owns anything, which is not the same as no rule that fits.
    """

    rules: tuple[tuple[OwnershipRule, Kind], ...] = ()
    indexes: tuple[tuple[str, Index], ...] = ()  # by type of matcher
    auto_assignment: bool = True
    suspect_commits: bool = False


NOTHING = Compiled()


def compile_ownership(
    rules: Iterable[OwnershipRule],
    codeowners: Iterable[OwnershipRule] = (),
    *,
    auto_assignment: bool = True,
    suspect_commits: bool = False,
) -> Compiled:
    """Rules that name nobody are left out. 1,000 rules take about 10 ms; their memory, about 1 MB."""
    ranked = (
        *((rule, Kind.CODEOWNERS) for rule in codeowners if rule.owners),
        *((rule, Kind.OWNERSHIP_RULE) for rule in rules if rule.owners),
    )
    entries: dict[str, list[Entry]] = {}
    for place, (rule, _) in enumerate(ranked):
        kind = rule.matcher.type
        entries.setdefault(kind, []).append(_entry(place, kind, rule.matcher.pattern))
    indexes = tuple((kind, index(found)) for kind, found in entries.items())
    return Compiled(ranked, indexes, auto_assignment, suspect_commits)


def owners_of(compiled: Compiled, event: Event) -> tuple[Owned, ...]:
    """Every rule that the event fits, the strongest first: its last owner is the one to tell.

    Later lines beat earlier ones, ownership rules beat CODEOWNERS. Empty when no rule fits.
    """
    found = [hit for kind, patterns in compiled.indexes for hit in patterns.matching(texts(event, kind))]
    found.sort(reverse=True)
    return tuple(Owned(*compiled.rules[place], seen) for place, seen in found)


def _entry(place: int, kind: str, pattern: str) -> Entry:
    if kind == CODEOWNERS:
        made = path_pattern(pattern)
        return Entry(place, made.words, made.rate, _by_names(made.matches))
    compared = glob(folded(pattern, kind))
    return Entry(place, compared.words, compared.rate, compared.matches)


def _by_names(fits: Callable[[list[str]], bool]) -> Callable[[str], bool]:
    return lambda path: fits(names_of(path))

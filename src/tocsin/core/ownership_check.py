"""Whether ownership rules as they were sent may be stored, and if not, why and where (behaviour §4.5)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tocsin.core.ownership_parse import Problem, parse
from tocsin.core.ownership_rule import CODEOWNERS, TEAM, Owner, OwnershipRule

MOST_CHARACTERS = 100_000

AUTO_ASSIGNMENT: Mapping[str, tuple[bool, bool]] = {
    "Auto Assign to Issue Owner": (True, False),
    "Auto Assign to Suspect Commits": (True, True),
    "Turn off Auto-Assignment": (False, False),
}


@dataclass(frozen=True, slots=True)
class Resolvable:
    """Who may own a project's code: active members of its teams by each of their addresses, its teams by slug."""

    people: Mapping[str, int] = field(default_factory=dict)
    teams: Mapping[str, int] = field(default_factory=dict)

    def find(self, owner: Owner) -> Owner | None:
        """The owner with their id, or None for somebody who cannot own here."""
        found = (self.teams if owner.type == TEAM else self.people).get(owner.identifier)
        return None if found is None else replace(owner, id=found)


@dataclass(frozen=True, slots=True)
class Checked:
    """The rules that can be read and stored, each owner with an id; and all that is wrong, in the text's order.

    Nothing may be stored while there are `problems`. `whole` says that the text itself is at fault, not a line.
    """

    rules: tuple[OwnershipRule, ...]
    problems: tuple[Problem, ...] = ()
    unresolved: tuple[str, ...] = ()
    whole: str = ""

    @property
    def is_good(self) -> bool:
        return not (self.problems or self.whole)

    def reasons(self) -> list[str]:
        """What is wrong, for a person: the places that cannot be read, then all owners that are unknown in one."""
        unknown = f"These owners are not on this project: {', '.join(self.unresolved)}." if self.unresolved else ""
        places = [f"{one} In “{one.rule}”." for one in self.problems if one.message != _NOT_HERE]
        return [reason for reason in (self.whole, *places, unknown) if reason]


_NOT_HERE = (
    "This owner is not on this project: a person must be in one of its teams, a team must be attached to it."
)


def check(raw: str, resolvable: Resolvable, *, length_before: int = 0) -> Checked:
    """The text's rules and what is wrong with them. A text that is over the limit already may be kept that long."""
    too_long = too_long_for(raw, length_before)
    if too_long:
        return Checked((), whole=too_long)
    parsed = parse(raw)
    by_hand = [
        Problem(
            rule.line, 1, "The type codeowners is for imported CODEOWNERS files; write path: instead.", str(rule)
        )
        for rule in parsed.rules
        if rule.matcher.type == CODEOWNERS
    ]
    unknown = tuple(_unknown(parsed.rules, resolvable, raw.split("\n")))
    problems = sorted((*parsed.problems, *by_hand, *unknown), key=lambda one: (one.line, one.column))
    names = {owner for rule in parsed.rules for owner in rule.owners if resolvable.find(owner) is None}
    return Checked(resolved(parsed.rules, resolvable), tuple(problems), tuple(sorted(map(str, names))))


def resolved(rules: Iterable[OwnershipRule], resolvable: Resolvable) -> tuple[OwnershipRule, ...]:
    """The rules with the ids of those owners that can own here; rules without any are left out."""
    found = (
        replace(rule, owners=tuple(owner for one in rule.owners if (owner := resolvable.find(one))))
        for rule in rules
    )
    return tuple(rule for rule in found if rule.owners)


def pruned(rules: Iterable[OwnershipRule], resolvable: Resolvable) -> tuple[OwnershipRule, ...]:
    """Stored rules without the owners who left since; by id, so that a new name or address changes nothing."""
    people, teams = frozenset(resolvable.people.values()), frozenset(resolvable.teams.values())
    found = (
        replace(rule, owners=tuple(one for one in rule.owners if one.id in (teams if one.type == TEAM else people)))
        for rule in rules
    )
    return tuple(rule for rule in found if rule.owners)


def too_long_for(raw: str, length_before: int) -> str:
    """Why a text may not be stored for its length, or ""."""
    most = max(MOST_CHARACTERS, length_before)
    if len(raw) <= most:
        return ""
    return (
        f"The text has {len(raw):,} characters; the most is {most:,}. Join rules with a pattern such as src/shop/*."
    )


def _unknown(rules: Iterable[OwnershipRule], resolvable: Resolvable, lines: list[str]) -> Iterable[Problem]:
    for rule in rules:
        line = lines[rule.line - 1]
        for owner in rule.owners:
            if resolvable.find(owner) is None:
                yield Problem(rule.line, _column(line, str(owner)), _NOT_HERE, line.strip())


def _column(line: str, name: str) -> int:
    """Owners stand behind the pattern, so the name's last place is the owner's."""
    places = [found.start() for found in re.finditer(rf"(?<!\S){re.escape(name)}(?!\S)", line, re.IGNORECASE)]
    return places[-1] + 1 if places else 1

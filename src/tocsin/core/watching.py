"""Which of a project's rules an event may concern: of those that name a tag's value, the ones that name its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tocsin.core.event import Event
from tocsin.core.match import prepared
from tocsin.core.rule import Rule


@dataclass(frozen=True, slots=True)
class Watching:
    """A project's rules in their order. `always` are asked about each event, others by a tag's name and value."""

    rules: tuple[Rule, ...] = ()
    always: tuple[tuple[int, Rule], ...] = ()
    by_tag: dict[str, dict[str, list[tuple[int, Rule]]]] = field(default_factory=dict)

    def over(self, event: Event) -> Sequence[Rule]:
        """The rules to ask about an event, in their order. Of 50 rules of a channel each, one, in 1 µs."""
        if not self.by_tag:
            return self.rules
        found = list(self.always)
        for name, values in self.by_tag.items():
            for value in event.tag_values(name):
                found += values.get(prepared(value), ())
        found.sort(key=_place)
        return [rule for _, rule in dict(found).items()]


def watching(rules: Sequence[Rule]) -> Watching:
    """The rules, sorted by what they may concern."""
    always: list[tuple[int, Rule]] = []
    by_tag: dict[str, dict[str, list[tuple[int, Rule]]]] = {}
    for place, rule in enumerate(rules):
        if rule.only_with is None or rule.broken or rule.hears_activities:
            always.append((place, rule))
        else:
            name, value = rule.only_with
            by_tag.setdefault(name, {}).setdefault(value, []).append((place, rule))
    return Watching(tuple(rules), tuple(always), by_tag)


def _place(one: tuple[int, Rule]) -> int:
    return one[0]

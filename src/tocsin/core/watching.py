"""Which of a project's rules an event may concern: of those that name a tag's value, the ones that name its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tocsin.core.event import Event
from tocsin.core.match import prepared
from tocsin.core.rule import Rule


@dataclass(frozen=True, slots=True)
class Watching:
    """A project's rules in their order. `always` are asked about each event, others by a tag's name and value;
    these are kept as places in `rules`."""

    rules: tuple[Rule, ...] = ()
    always: tuple[Rule, ...] = ()
    always_at: tuple[int, ...] = ()
    by_tag: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def over(self, event: Event) -> Sequence[Rule]:
        """The rules to ask about an event, in their order. Of 50 rules of a channel each, one, in 1 µs."""
        found: list[int] = []
        for name, values in self.by_tag.items():
            for value in event.tag_values(name):
                found += values.get(prepared(value), ())
        return [self.rules[place] for place in sorted({*found, *self.always_at})] if found else self.always


def watching(rules: Sequence[Rule]) -> Watching:
    """The rules, sorted by what they may concern."""
    always: list[int] = []
    by_tag: dict[str, dict[str, list[int]]] = {}
    for place, rule in enumerate(rules):
        if rule.only_with is None or rule.broken or rule.hears_activities:
            always.append(place)
        else:
            name, value = rule.only_with
            by_tag.setdefault(name, {}).setdefault(value, []).append(place)
    return Watching(tuple(rules), tuple(rules[place] for place in always), tuple(always), by_tag)

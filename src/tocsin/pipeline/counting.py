"""What of a batch is counted for alert rules: which second, which environment, which user or value of a tag."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tocsin.core import counted
from tocsin.core.facts import Facts
from tocsin.core.rule import Rule
from tocsin.core.windows import EVENT_SERIES
from tocsin.pipeline.compiled import Compiled
from tocsin.pipeline.reading import Seen


class Entry(NamedTuple):
    """One event counted in one series; `place` is which of the batch it is."""

    place: int
    second: int
    environment: str
    member: str


Entries = dict[tuple[int, str], list[Entry]]


def entries(seen: Sequence[Seen], facts: Sequence[Facts], rules: Mapping[int, Compiled]) -> Entries:
    """What a batch adds to each (issue, series), in its order; the events of an issue where any rule counts."""
    found: Entries = defaultdict(list)
    for place, (one, about) in enumerate(zip(seen, facts, strict=True)):
        wanted = rules[one.issue.project_id]
        if not any(rule.needs for rule in wanted.rules):
            continue
        second, environment = int(about.event.timestamp), about.event.environment
        found[one.issue.id, EVENT_SERIES].append(Entry(place, second, environment, ""))
        for name, rule in wanted.series.items():
            for member in _members(name, rule, about):
                found[one.issue.id, name].append(Entry(place, second, environment, member))
    return found


def seconds(
    found: Entries, seen: Sequence[Seen], rules: Mapping[int, Compiled]
) -> Counter[tuple[int, str, int, str, str]]:
    """The rows to add to: of the series that rules ask for, by (issue, series, second, environment, member)."""
    counts: Counter[tuple[int, str, int, str, str]] = Counter()
    for (issue, name), listed in found.items():
        for one in listed:
            if name in rules[seen[one.place].issue.project_id].series:
                counts[issue, name, one.second, one.environment, one.member] += 1
    return counts


def _members(name: str, rule: Rule | None, facts: Facts) -> Sequence[str]:
    if name.startswith("users"):
        member = counted.user(facts.event)
        return (member,) if member and (rule is None or counted.lets_pass(rule, facts)) else ()
    if name.startswith("tag:"):
        return counted.tags(facts.event, name.removeprefix("tag:"))
    return ()

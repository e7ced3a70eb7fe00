"""What matched, claimed: each rule fires once per issue and frequency, not beyond its limit for an hour.

What a rule with a wait has matched is put aside and asked again when the wait is over.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from isal import isal_zlib

from tocsin.core.cap import HOUR, capped
from tocsin.core.rule import Rule
from tocsin.pipeline.reading import Seen
from tocsin.store.writes import rule_health, rule_pending, rule_states
from tocsin.store.writes.rule_pending import Pending

HAPPENED = ("is_new", "is_regression", "is_new_environment", "has_escalated")
ACTIVITY = "activity:"  # before the type of a happening that no event brought


@dataclass(frozen=True, slots=True)
class Fired:
    """The rules whose actions run for one event, together in one notification."""

    seen: Seen
    rules: tuple[Rule, ...]


Matches = Sequence[tuple[Seen, Rule]]


def fire_or_wait(matched: Matches, now: datetime) -> list[Fired]:
    """What fires now; rules with a wait begin it."""
    waiting = [(one, rule) for one, rule in matched if rule.wait]
    rule_pending.put(_pending(one, rule, now) for one, rule in waiting)
    return fire([(one, rule) for one, rule in matched if not rule.wait], now)


def fire(matched: Matches, now: datetime) -> list[Fired]:
    """What fires now, whoever else evaluates at the same time."""
    if not matched:
        return []
    first: dict[tuple[int, int], int] = {}
    for index, (one, rule) in enumerate(matched):
        first.setdefault((rule.id, one.issue.id), index)
    wanted = {key: now - matched[index][1].frequency for key, index in first.items()}
    for key in _over_limit(matched, first, wanted, now):
        del wanted[key]
    claimed = rule_states.claim(wanted, now)
    firing = {first[key] for key in claimed}
    held = Counter((rule.id, one.issue.id) for index, (one, rule) in enumerate(matched) if index not in firing)
    rule_states.hold(held)
    return _together([matched[index] for index in sorted(firing)])


def _over_limit(
    matched: Matches, first: dict[tuple[int, int], int], cutoffs: dict[tuple[int, int], datetime], now: datetime
) -> list[tuple[int, int]]:
    """Those that would fire if their rule had not done so often enough within the hour."""
    limits = {rule.id: rule.hourly_limit for _, rule in matched if rule.hourly_limit}
    if not limits:
        return []
    limited = {key: cutoff for key, cutoff in cutoffs.items() if key[0] in limits}
    fired = rule_states.fired_since(sorted(limits), now - HOUR)
    cooling = rule_states.cooling(limited)
    ready = [key for key in first if key in limited and key not in cooling]
    found = capped([rule for rule, _ in ready], limits, fired)
    rule_health.over_limit(found.over, now)
    return [key for place, key in enumerate(ready) if place not in set(found.within)]


def _together(firing: Iterable[tuple[Seen, Rule]]) -> list[Fired]:
    by_event: dict[int, tuple[Seen, list[Rule]]] = {}
    for one, rule in firing:
        by_event.setdefault(id(one), (one, []))[1].append(rule)
    return [Fired(one, tuple(rules)) for one, rules in by_event.values()]


def _pending(one: Seen, rule: Rule, now: datetime) -> Pending:
    return Pending(
        rule.id,
        one.issue.id,
        one.arrived.event.event_id,
        one.arrived.received,
        [*(name for name in HAPPENED if getattr(one, name)), *([ACTIVITY + one.activity] if one.activity else [])],
        isal_zlib.compress(one.arrived.payload, 1),
        now + rule.wait,
    )

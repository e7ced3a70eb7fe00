"""What matched, claimed: each rule fires once per issue and frequency, not beyond its limit for an hour.

What a rule with a wait has matched is put aside and asked again when the wait is over.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from isal import isal_zlib

from tocsin.core.cap import HOUR
from tocsin.core.claim import Pair, cutoff, granted
from tocsin.core.rule import Rule
from tocsin.core.rule_snooze import of_everyone
from tocsin.pipeline.reading import Seen
from tocsin.store.writes import rule_health, rule_hidden, rule_pending, rule_states
from tocsin.store.writes.rule_hidden import Hidden
from tocsin.store.writes.rule_pending import Pending

HAPPENED = ("is_new", "is_regression", "is_new_environment", "has_escalated")
# Before the type of a happening that no event brought, and before the sentence for it.
ACTIVITY, SAID = "activity:", "said:"


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
    matched = _awake(matched, now)
    if not matched:
        return []
    first: dict[tuple[int, int], int] = {}
    for index, (one, rule) in enumerate(matched):
        first.setdefault((rule.id, one.issue.id), index)
    wanted = {key: cutoff(now, matched[index][1].frequency) for key, index in first.items()}
    over = _over_limits(matched, wanted, now)
    claimed = rule_states.claim({pair: at for pair, at in wanted.items() if pair not in over}, now)
    firing = {first[key] for key in claimed}
    _hold([one for index, one in enumerate(matched) if index not in firing], over, now)
    return _together([matched[index] for index in sorted(firing)])


def _hold(held: Matches, over: frozenset[Pair], now: datetime) -> None:
    """Counts what does not fire: by issue, and by rule, project and what held it back."""
    rule_states.hold(Counter((rule.id, one.issue.id) for one, rule in held))
    by_limit = [(one, rule) for one, rule in held if (rule.id, one.issue.id) in over]
    by_frequency = [(one, rule) for one, rule in held if (rule.id, one.issue.id) not in over]
    rule_health.over_limit(Counter(rule.id for _, rule in by_limit), now)
    rule_hidden.count(_by_place(by_limit), "by_limit", now)
    rule_hidden.count(_by_place(by_frequency), "by_frequency", now)


def _awake(matched: Matches, now: datetime) -> Matches:
    """Those whose rule may act. What is snoozed for everyone claims nothing, so that it may act once that is over;
    what it would have acted for is kept with the snooze."""
    if not any(rule.snoozes for _, rule in matched):
        return matched
    awake: list[tuple[Seen, Rule]] = []
    hidden: list[Hidden] = []
    asleep: list[tuple[Seen, Rule]] = []
    for one, rule in matched:
        if snooze := of_everyone(rule.snoozes, now):
            hidden.append(Hidden(snooze.id, one.issue.id, one.arrived.event.event_id, now))
            asleep.append((one, rule))
        else:
            awake.append((one, rule))
    rule_hidden.hide(hidden)
    rule_hidden.count(_by_place(asleep), "by_snooze", now)
    return awake


def _by_place(held: Matches) -> Counter[rule_hidden.Place]:
    return Counter(rule_hidden.Place(rule.id, one.issue.project_id) for one, rule in held)


def _over_limits(matched: Matches, cutoffs: Mapping[Pair, datetime], now: datetime) -> frozenset[Pair]:
    """Those that could fire, had their rule not fired often enough within the hour."""
    limits = {rule.id: rule.hourly_limit for _, rule in matched if rule.hourly_limit}
    if not limits:
        return frozenset()
    limited = {pair: at for pair, at in cutoffs.items() if pair[0] in limits}
    fired = rule_states.fired_since(sorted(limits), now - HOUR)
    found = granted(limited, rule_states.last_fired(limited), limits, fired)
    return frozenset(found.over)


def exhausted(rules: Iterable[Rule], now: datetime) -> set[int]:
    """The rules that have fired as often as they may within the hour."""
    limits = {rule.id: rule.hourly_limit for rule in rules if rule.hourly_limit}
    fired = rule_states.fired_since(sorted(limits), now - HOUR)
    return {rule for rule, limit in limits.items() if fired.get(rule, 0) >= limit}


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
        [*(name for name in HAPPENED if getattr(one, name)), *_without_event(one)],
        isal_zlib.compress(one.arrived.payload, 1),
        now + rule.wait,
    )


def _without_event(one: Seen) -> Sequence[str]:
    return [ACTIVITY + one.activity, SAID + one.said] if one.activity else []

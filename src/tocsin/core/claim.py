"""Whether a rule that matched may fire: once per issue and frequency, and within its limit for an hour.

The digest asks it before it claims, a backtest in the place of claiming; `store.writes.rule_states.claim` is the
same comparison as one atomic statement.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from tocsin.core.cap import capped

Pair = tuple[int, int]  # a rule and an issue


class Granted(NamedTuple):
    """Those that may fire, in the order in which they were asked for, and those that their rule's limit holds."""

    pairs: list[Pair]
    over: list[Pair]


def cutoff(now: datetime, frequency: timedelta) -> datetime:
    """A rule may fire for an issue if it last did so at this moment or before."""
    return now - frequency


def is_ready(last: datetime | None, at: datetime) -> bool:
    """Whether a rule that last fired at `last` (None: never) may fire again, by its cutoff."""
    return last is None or last <= at


def granted(
    cutoffs: Mapping[Pair, datetime],
    last: Mapping[Pair, datetime],
    limits: Mapping[int, int],
    fired: Mapping[int, int],
) -> Granted:
    """Which of the pairs may fire. `limits` are those of rules that have one, `fired` how often each of these has
    fired within the last hour."""
    ready = [pair for pair, at in cutoffs.items() if is_ready(last.get(pair), at)]
    found = capped([rule for rule, _ in ready], limits, fired)
    within = [ready[place] for place in found.within]
    may = frozenset(within)
    return Granted(within, [pair for pair in ready if pair not in may])

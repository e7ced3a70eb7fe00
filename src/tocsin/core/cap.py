"""How often a rule may fire in an hour, whatever the issue: what is beyond that is held back, and counted."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

HOUR = timedelta(hours=1)


class Capped(NamedTuple):
    """The places of what may go on, and how much of each rule is held back."""

    within: list[int]
    over: dict[int, int]


def capped(rules: Iterable[int], limits: Mapping[int, int], fired: Mapping[int, int]) -> Capped:
    """What of would-be firings, each by its rule, is within the limits, the first first.

    `fired` is how often each rule has fired within the last hour; a rule without a limit fires as it likes.
    """
    within: list[int] = []
    over: dict[int, int] = {}
    room = {rule: limit - fired.get(rule, 0) for rule, limit in limits.items()}
    for place, rule in enumerate(rules):
        if rule not in room or room[rule] > 0:
            within.append(place)
        else:
            over[rule] = over.get(rule, 0) + 1
        if rule in room:
            room[rule] -= 1
    return Capped(within, over)

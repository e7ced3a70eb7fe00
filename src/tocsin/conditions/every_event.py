"""At every event. The rule's frequency still holds: once per issue and 30 minutes, unless it says otherwise."""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.registry import About, Condition, Phase


@dataclass(frozen=True, slots=True)
class Options:
    """Nothing to choose."""


def holds(options: Options, facts: Facts) -> bool:
    del options
    return not facts.activity


CONDITION = Condition(
    slug="every_event",
    phase=Phase.WHEN,
    ids=("sentry.rules.conditions.every_event.EveryEventCondition",),
    label="An event happens",
    sentence="An event happens",
    options=Options,
    holds=holds,
    about=About.LIFE,
)

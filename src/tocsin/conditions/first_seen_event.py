"""When an issue is seen for the first time; in a rule of one environment, for the first time there."""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.registry import About, Condition, Phase


@dataclass(frozen=True, slots=True)
class Options:
    """Nothing to choose."""


def holds(options: Options, facts: Facts) -> bool:
    del options
    return facts.is_new


CONDITION = Condition(
    slug="first_seen_event",
    phase=Phase.WHEN,
    ids=("sentry.rules.conditions.first_seen_event.FirstSeenEventCondition",),
    label="A new issue is created",
    sentence="A new issue is created",
    options=Options,
    holds=holds,
    state="new",
    about=About.LIFE,
)

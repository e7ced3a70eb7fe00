"""When an issue that was archived, or quiet, escalates."""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.registry import About, Condition, Phase


@dataclass(frozen=True, slots=True)
class Options:
    """Nothing to choose."""


def holds(options: Options, facts: Facts) -> bool:
    del options
    return facts.has_escalated


CONDITION = Condition(
    slug="reappeared_event",
    phase=Phase.WHEN,
    ids=("sentry.rules.conditions.reappeared_event.ReappearedEventCondition",),
    label="An archived issue escalates",
    sentence="An archived issue escalates",
    options=Options,
    holds=holds,
    state="escalating",
    about=About.LIFE,
)

"""When a resolved issue happens again."""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.registry import About, Condition, Phase


@dataclass(frozen=True, slots=True)
class Options:
    """Nothing to choose."""


def holds(options: Options, facts: Facts) -> bool:
    del options
    return facts.is_regression


CONDITION = Condition(
    slug="regression_event",
    phase=Phase.WHEN,
    ids=("sentry.rules.conditions.regression_event.RegressionEventCondition",),
    label="A resolved issue comes back",
    sentence="A resolved issue comes back",
    options=Options,
    holds=holds,
    state="regressed",
    about=About.LIFE,
)

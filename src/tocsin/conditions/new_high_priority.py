"""When an issue of high priority is new; in a rule of one environment, new there."""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.issue import Priority
from tocsin.core.registry import About, Condition, Phase


@dataclass(frozen=True, slots=True)
class Options:
    """Nothing to choose."""


def holds(options: Options, facts: Facts) -> bool:
    del options
    return facts.is_new and facts.issue.priority == Priority.HIGH


CONDITION = Condition(
    slug="new_high_priority",
    phase=Phase.WHEN,
    ids=("sentry.rules.conditions.high_priority_issue.NewHighPriorityIssueCondition",),
    label="A new issue of high priority is created",
    sentence="A new issue of high priority is created",
    options=Options,
    holds=holds,
    state="new",
    about=About.LIFE,
)

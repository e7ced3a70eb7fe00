"""When an issue of high priority that was archived, or quiet, escalates."""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.issue import Priority
from tocsin.core.registry import About, Condition, Phase


@dataclass(frozen=True, slots=True)
class Options:
    """Nothing to choose."""


def holds(options: Options, facts: Facts) -> bool:
    del options
    return facts.has_escalated and not facts.is_new and facts.issue.priority == Priority.HIGH


CONDITION = Condition(
    slug="existing_high_priority",
    phase=Phase.WHEN,
    ids=("sentry.rules.conditions.high_priority_issue.ExistingHighPriorityIssueCondition",),
    label="A known issue of high priority escalates",
    sentence="A known issue of high priority escalates",
    options=Options,
    holds=holds,
    state="escalating",
    about=About.LIFE,
)

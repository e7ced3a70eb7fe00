"""Whether an issue has happened at least so many times, ever."""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.fields import integer
from tocsin.core.frequency import MOST
from tocsin.core.registry import About, Condition, Phase


@dataclass(frozen=True, slots=True)
class Options:
    value: int = integer("Number", at_least=0, at_most=MOST)


def holds(options: Options, facts: Facts) -> bool:
    return facts.issue.times_seen >= options.value


CONDITION = Condition(
    slug="issue_occurrences",
    phase=Phase.IF,
    ids=("sentry.rules.filters.issue_occurrences.IssueOccurrencesFilter",),
    label="The issue has happened at least {value} times",
    sentence="The issue has happened at least {value} times",
    options=Options,
    holds=holds,
    about=About.ISSUE,
)

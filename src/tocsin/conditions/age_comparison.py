"""Whether an issue is older, or newer, than so long."""

from dataclasses import dataclass
from datetime import timedelta

from tocsin.core.facts import Facts
from tocsin.core.fields import choice, integer
from tocsin.core.registry import About, Condition, Phase

COMPARISONS = {"older": "older", "newer": "newer"}
UNITS = {"minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"}
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Options:
    comparison_type: str = choice("Comparison", COMPARISONS)
    value: int = integer("Number", at_least=0, at_most=MOST)
    time: str = choice("Unit", UNITS)


def holds(options: Options, facts: Facts) -> bool:
    age = facts.now - facts.issue.first_seen
    limit = timedelta(**{UNITS[options.time]: options.value})
    return age > limit if options.comparison_type == "older" else age < limit


CONDITION = Condition(
    slug="age_comparison",
    phase=Phase.IF,
    ids=("sentry.rules.filters.age_comparison.AgeComparisonFilter",),
    label="The issue is {comparison_type} than {value} {time}",
    sentence="The issue is {comparison_type} than {value} {time}",
    options=Options,
    holds=holds,
    about=About.ISSUE,
)

"""When an issue happens in more than so many percent of the project's sessions."""

from collections.abc import Iterable

from tocsin.core import frequency
from tocsin.core.facts import EVENTS, Facts, Need
from tocsin.core.frequency import ShareOptions
from tocsin.core.registry import About, Condition, Phase


def needs(options: ShareOptions) -> Iterable[Need]:
    return frequency.share_needs(options, EVENTS)


def holds(options: ShareOptions, facts: Facts) -> bool:
    return facts.issue.category == 1 and frequency.share_holds(options, facts, EVENTS)


CONDITION = Condition(
    slug="event_frequency_percent",
    phase=Phase.WHEN,
    ids=("sentry.rules.conditions.event_frequency.EventFrequencyPercentCondition",),
    label="The issue happens in many sessions",
    sentence="The percentage of sessions affected in {interval} {comparisonType} {value}"
    "[ compared with {comparisonInterval}]",
    options=ShareOptions,
    holds=holds,
    needs=needs,
    about=About.OFTEN,
)

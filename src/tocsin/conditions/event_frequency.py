"""When an issue happens more often than so many times, or than so much more often than before."""

from collections.abc import Iterable

from tocsin.core import frequency
from tocsin.core.facts import EVENTS, Facts, Need
from tocsin.core.frequency import Options
from tocsin.core.registry import About, Condition, Phase


def needs(options: Options) -> Iterable[Need]:
    return frequency.needs(options, EVENTS)


def holds(options: Options, facts: Facts) -> bool:
    return frequency.holds(options, facts, EVENTS)


CONDITION = Condition(
    slug="event_frequency",
    phase=Phase.WHEN,
    ids=("sentry.rules.conditions.event_frequency.EventFrequencyCondition",),
    label="The issue happens often",
    sentence="The number of events in {interval} {comparisonType} {value}[ compared with {comparisonInterval}]",
    options=Options,
    holds=holds,
    needs=needs,
    about=About.OFTEN,
)

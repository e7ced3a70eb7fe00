"""When more than so many different users see those events of an issue that pass the rule's own filters."""

from collections.abc import Iterable

from tocsin.core import frequency
from tocsin.core.facts import MATCHING_USERS, Facts, Need
from tocsin.core.frequency import Options
from tocsin.core.registry import About, Condition, Phase


def needs(options: Options) -> Iterable[Need]:
    return frequency.needs(options, MATCHING_USERS)


def holds(options: Options, facts: Facts) -> bool:
    return frequency.holds(options, facts, MATCHING_USERS)


CONDITION = Condition(
    slug="event_matching_user_frequency",
    phase=Phase.WHEN,
    ids=("sentry.rules.conditions.event_frequency.EventUniqueUserFrequencyConditionWithConditions",),
    label="Many users see events of the issue that pass this rule's filters",
    sentence="The number of users affected by events that pass the filters in {interval} {comparisonType} {value}"
    "[ compared with {comparisonInterval}]",
    options=Options,
    holds=holds,
    needs=needs,
    about=About.OFTEN,
)

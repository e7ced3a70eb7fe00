"""When more than so many different users see an issue, or so many more than before."""

from collections.abc import Iterable

from tocsin.core import frequency
from tocsin.core.facts import USERS, Facts, Need
from tocsin.core.frequency import Options
from tocsin.core.registry import About, Condition, Phase


def needs(options: Options) -> Iterable[Need]:
    return frequency.needs(options, USERS)


def holds(options: Options, facts: Facts) -> bool:
    return frequency.holds(options, facts, USERS)


CONDITION = Condition(
    slug="event_unique_user_frequency",
    phase=Phase.WHEN,
    ids=("sentry.rules.conditions.event_frequency.EventUniqueUserFrequencyCondition",),
    label="Many users see the issue",
    sentence="The number of users affected in {interval} {comparisonType} {value}"
    "[ compared with {comparisonInterval}]",
    options=Options,
    holds=holds,
    needs=needs,
    about=About.OFTEN,
)

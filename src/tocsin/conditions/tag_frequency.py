"""When an issue happens more than so many times with the same value of a tag: one customer, one server."""

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.core.facts import TAGGED, Facts, Need
from tocsin.core.fields import choice, integer, text
from tocsin.core.frequency import MOST, SECONDS
from tocsin.core.registry import About, Condition, Phase

INTERVALS = {"1m": "one minute", "5m": "5 minutes", "15m": "15 minutes", "1h": "one hour", "1d": "one day"}


@dataclass(frozen=True, slots=True)
class Options:
    key: str = text("Tag", default=None, placeholder="customer")
    value: int = integer("Number", at_least=0, at_most=MOST)
    interval: str = choice("Within", INTERVALS)


def needs(options: Options) -> Iterable[Need]:
    yield _need(options)


def holds(options: Options, facts: Facts) -> bool:
    if (facts.is_new and options.value > 1) or not facts.event.tag_values(options.key):
        return False
    return bool(facts.value(_need(options)) > options.value)


def _need(options: Options) -> Need:
    return Need(TAGGED, SECONDS[options.interval], detail=options.key.lower().removeprefix("sentry:"))


CONDITION = Condition(
    slug="tag_frequency",
    phase=Phase.WHEN,
    ids=("tocsin.conditions.tag_frequency.TagFrequencyCondition",),
    label="The issue happens often with the same value of a tag",
    sentence="The number of events with the same {key} in {interval} is more than {value}",
    options=Options,
    holds=holds,
    needs=needs,
    about=About.OFTEN,
)

"""Whether the event's level is a certain one, at least that, or at most."""

from dataclasses import dataclass

from tocsin.core.event import LEVELS
from tocsin.core.facts import Facts
from tocsin.core.fields import choice
from tocsin.core.registry import About, Condition, Phase

MATCHES = {"eq": "exactly", "gte": "at least", "lte": "at most"}


@dataclass(frozen=True, slots=True)
class Options:
    match: str = choice("Comparison", MATCHES)
    level: str = choice("Level", {str(number): name for name, number in LEVELS.items()})


def holds(options: Options, facts: Facts) -> bool:
    found, wanted = LEVELS[facts.event.level], int(options.level)
    match options.match:
        case "gte":
            return found >= wanted
        case "lte":
            return found <= wanted
        case _:
            return found == wanted


CONDITION = Condition(
    slug="level",
    phase=Phase.IF,
    ids=("sentry.rules.filters.level.LevelFilter", "sentry.rules.conditions.level.LevelCondition"),
    label="The event's level is {match} {level}",
    sentence="The event's level is {match} {level}",
    options=Options,
    holds=holds,
    about=About.EVENT,
)

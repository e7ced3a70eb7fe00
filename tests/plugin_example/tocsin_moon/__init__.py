"""A condition of somebody else's, as the guide to plug-ins shows it: whether the moon is full enough."""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.fields import integer
from tocsin.core.registry import Condition, Phase

NEW_MOON = 947_182_440  # 6 January 2000, 18:14 UTC
MONTH = 29.530588 * 86_400


@dataclass(frozen=True, slots=True)
class Options:
    percent: int = integer("Percent", at_least=0, at_most=100)


def holds(options: Options, facts: Facts) -> bool:
    part = (facts.now.timestamp() - NEW_MOON) % MONTH / MONTH
    return 100 * (1 - abs(2 * part - 1)) >= options.percent


CONDITION = Condition(
    slug="moon",
    phase=Phase.IF,
    ids=("com.example.moon.MoonFilter",),
    sentence="The moon is at least {percent} % full",
    options=Options,
    holds=holds,
)

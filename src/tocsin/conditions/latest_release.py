"""Whether an event comes from the newest release of the project, or of the environment that the rule watches."""

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.core.facts import LATEST_RELEASE, Facts, Need
from tocsin.core.registry import About, Condition, Phase


@dataclass(frozen=True, slots=True)
class Options:
    """Nothing to choose."""


def needs(options: Options) -> Iterable[Need]:
    del options
    return (Need(LATEST_RELEASE),)


def holds(options: Options, facts: Facts) -> bool:
    del options
    return bool(facts.event.release) and facts.event.release == facts.value(Need(LATEST_RELEASE))


CONDITION = Condition(
    slug="latest_release",
    phase=Phase.IF,
    ids=("sentry.rules.filters.latest_release.LatestReleaseFilter",),
    label="The event is from the latest release",
    sentence="The event is from the latest release",
    options=Options,
    holds=holds,
    needs=needs,
    about=About.RELEASE,
)

"""Whether an event's release is older, or newer, than the one that an environment's users have adopted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tocsin.core.facts import ADOPTED_RELEASES, RELEASE, Facts, Need
from tocsin.core.fields import choice, text
from tocsin.core.registry import About, Condition, Phase
from tocsin.core.releases import Known, is_later

ENDS = {"oldest": "oldest", "newest": "latest"}
SIDES = {"older": "older", "newer": "newer"}


@dataclass(frozen=True, slots=True)
class Options:
    oldest_or_newest: str = choice("Which adopted release", ENDS)
    older_or_newer: str = choice("Comparison", SIDES)
    environment: str = text("Environment", default=None, placeholder="production")


def needs(options: Options) -> Iterable[Need]:
    return (RELEASE, Need(ADOPTED_RELEASES, detail=options.environment))


def holds(options: Options, facts: Facts) -> bool:
    """False where nothing has been adopted, or the event names no release. Adopted: a tenth of a day's sessions."""
    if not facts.event.release:
        return False
    mine: Known | None = facts.value(RELEASE)
    adopted: Sequence[Known] = facts.value(Need(ADOPTED_RELEASES, detail=options.environment))
    if mine is None or not adopted:
        return False
    bound = adopted[0]
    for one in adopted[1:]:
        if is_later(one, bound) is (options.oldest_or_newest == "newest"):
            bound = one
    return is_later(bound, mine) if options.older_or_newer == "older" else is_later(mine, bound)


CONDITION = Condition(
    slug="latest_adopted_release",
    phase=Phase.IF,
    ids=("sentry.rules.filters.latest_adopted_release_filter.LatestAdoptedReleaseFilter",),
    label="The event's release is {older_or_newer} than the {oldest_or_newest} adopted one in {environment}",
    sentence="The event's release is {older_or_newer} than the {oldest_or_newest} adopted one in {environment}",
    options=Options,
    holds=holds,
    needs=needs,
    about=About.RELEASE,
)

"""Whether a tag of the event has a certain value, or is set at all; any value of the tag counts."""

from dataclasses import dataclass

from tocsin.core.event import plain
from tocsin.core.facts import Facts
from tocsin.core.fields import InvalidFieldsError, choice, text
from tocsin.core.match import CODES, WITHOUT_VALUE, matches, prepared
from tocsin.core.registry import About, Condition, Phase


@dataclass(frozen=True, slots=True)
class Options:
    key: str = text("Tag", default=None, placeholder="environment")
    match: str = choice("Comparison", CODES)
    value: str = text("Value", help="For “is one of” and “is none of”, values with commas between them.")

    def __post_init__(self) -> None:
        if self.match not in WITHOUT_VALUE and not self.value:
            raise InvalidFieldsError({"value": f"Value is required: the tag {CODES[self.match]} what?"})


def holds(options: Options, facts: Facts) -> bool:
    return matches(options.match, facts.event.tag_values(options.key), options.value)


def only_with(options: Options) -> tuple[str, str] | None:
    return (plain(options.key), prepared(options.value)) if options.match == "eq" else None


CONDITION = Condition(
    slug="tagged_event",
    phase=Phase.IF,
    ids=(
        "sentry.rules.filters.tagged_event.TaggedEventFilter",
        "sentry.rules.conditions.tagged_event.TaggedEventCondition",
    ),
    label="The event's tag {key} {match} {value}",
    sentence="The event's tag {key} {match} {value}",
    options=Options,
    holds=holds,
    only_with=only_with,
    about=About.EVENT,
)

"""Whether an attribute of the event has a certain value, or is set at all; any value of the attribute counts."""

from dataclasses import dataclass

from tocsin.core.attributes import values
from tocsin.core.facts import Facts
from tocsin.core.fields import InvalidFieldsError, choice, text
from tocsin.core.match import CODES, WITHOUT_VALUE, matches
from tocsin.core.registry import About, Condition, Phase


@dataclass(frozen=True, slots=True)
class Options:
    attribute: str = text(
        "Attribute",
        default=None,
        placeholder="exception.type",
        help="Also extra.NAME, with dots for what is inside.",
    )
    match: str = choice("Comparison", CODES)
    value: str = text("Value", help="For “is one of” and “is none of”, values with commas between them.")

    def __post_init__(self) -> None:
        if self.match not in WITHOUT_VALUE and not self.value:
            raise InvalidFieldsError({"value": f"Value is required: the attribute {CODES[self.match]} what?"})


def holds(options: Options, facts: Facts) -> bool:
    """No match either way for an attribute that nobody knows, and where the SDK left the question open."""
    found = values(facts.event, options.attribute)
    return found is not None and matches(options.match, found, options.value)


CONDITION = Condition(
    slug="event_attribute",
    phase=Phase.IF,
    ids=(
        "sentry.rules.filters.event_attribute.EventAttributeFilter",
        "sentry.rules.conditions.event_attribute.EventAttributeCondition",
    ),
    label="The event's {attribute} {match} {value}",
    sentence="The event's {attribute} {match} {value}",
    options=Options,
    holds=holds,
    about=About.EVENT,
)

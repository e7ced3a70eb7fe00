r"""Whether an attribute or a tag of the event fits a regular expression, in any case, anywhere in the text.

The engine takes time in proportion to the text whatever the pattern is (RE2), so no pattern can stall the digest;
it knows no look-around and no back-references.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from tocsin.core.attributes import is_known, values
from tocsin.core.facts import Facts
from tocsin.core.fields import InvalidFieldsError, text
from tocsin.core.registry import About, Condition, Phase

LONGEST = 1_000
MEMORY = 1 << 20
TEXT = 8_192


@dataclass(frozen=True, slots=True)
class Options:
    attribute: str = text("Attribute", default=None, placeholder="message", help="Or tags.NAME, or extra.NAME.")
    pattern: str = text("Pattern", default=None, placeholder=r"timeout after \d+ ?s", help="As RE2 reads it.")

    def __post_init__(self) -> None:
        if not is_known(self.attribute):
            raise InvalidFieldsError({"attribute": f"There is no attribute {self.attribute!r}."})
        if len(self.pattern) > LONGEST:
            raise InvalidFieldsError({"pattern": f"The pattern is longer than {LONGEST:,} characters."})
        try:
            _compiled(self.pattern)
        except re2.error as error:
            said = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
            raise InvalidFieldsError({"pattern": f"The pattern cannot be used: {said}."}) from None


@lru_cache(maxsize=10_000)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY
    return re2.compile(pattern, options)


def holds(options: Options, facts: Facts) -> bool:
    pattern = _compiled(options.pattern)
    return any(pattern.search(value[:TEXT]) for value in values(facts.event, options.attribute) or ())


CONDITION = Condition(
    slug="pattern",
    phase=Phase.IF,
    ids=("tocsin.filters.pattern.PatternFilter",),
    label="The event's {attribute} fits the pattern {pattern}",
    sentence="The event's {attribute} fits the pattern {pattern}",
    options=Options,
    holds=holds,
    about=About.EVENT,
)

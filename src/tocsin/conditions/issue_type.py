"""Whether an issue is of a certain type, by its slug: "error" for what SDKs report as events."""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.fields import text
from tocsin.core.registry import About, Condition, Phase


@dataclass(frozen=True, slots=True)
class Options:
    value: str = text("Type", default=None, placeholder="error")


def holds(options: Options, facts: Facts) -> bool:
    return facts.issue.type == options.value


CONDITION = Condition(
    slug="issue_type",
    phase=Phase.IF,
    ids=("sentry.rules.filters.issue_type.IssueTypeFilter",),
    label="The issue's type is {value}",
    sentence="The issue's type is {value}",
    options=Options,
    holds=holds,
    about=About.ISSUE,
)

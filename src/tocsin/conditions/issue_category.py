"""Whether an issue is of a certain category; what SDKs report as events are errors."""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.fields import choice
from tocsin.core.registry import About, Condition, Phase

CATEGORIES = {
    "1": "error",
    "2": "performance",
    "3": "profile",
    "4": "cron",
    "5": "replay",
    "6": "feedback",
    "7": "uptime",
    "8": "metric",
}


@dataclass(frozen=True, slots=True)
class Options:
    value: str = choice("Category", CATEGORIES)


def holds(options: Options, facts: Facts) -> bool:
    return facts.issue.category == int(options.value)


CONDITION = Condition(
    slug="issue_category",
    phase=Phase.IF,
    ids=("sentry.rules.filters.issue_category.IssueCategoryFilter",),
    label="The issue's category is {value}",
    sentence="The issue's category is {value}",
    options=Options,
    holds=holds,
    about=About.ISSUE,
)

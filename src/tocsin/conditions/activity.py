"""When somebody, or the product itself, does something to an issue: assigns it, resolves it, comments on it …"""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.fields import some
from tocsin.core.registry import About, Condition, Phase

TYPES = {
    "assigned": "assigned",
    "unassigned": "unassigned",
    "note": "commented on",
    "set_resolved": "resolved",
    "set_resolved_by_age": "resolved by age",
    "set_resolved_in_release": "resolved in a release",
    "set_resolved_in_commit": "resolved by a commit",
    "set_resolved_in_pull_request": "resolved by a pull request",
    "set_unresolved": "reopened",
    "set_regression": "back after it was resolved",
    "set_ignored": "archived",
    "set_escalating": "escalating",
    "auto_set_ongoing": "ongoing",
    "set_priority": "given another priority",
    "user_feedback": "given feedback on",
    "create_issue": "linked to a ticket",
}


@dataclass(frozen=True, slots=True)
class Options:
    types: tuple[str, ...] = some("What happens", TYPES)


def holds(options: Options, facts: Facts) -> bool:
    return facts.activity in options.types


CONDITION = Condition(
    slug="activity",
    phase=Phase.WHEN,
    ids=("tocsin.conditions.activity.ActivityCondition",),
    label="Something is done to the issue",
    sentence="The issue is {types}",
    options=Options,
    holds=holds,
    state="changed without an event",
    hears_activities=True,
    about=About.LIFE,
)

"""Whether an issue is assigned to a member, to a team, or to nobody."""

from dataclasses import dataclass

from tocsin.core.facts import Facts
from tocsin.core.fields import InvalidFieldsError, choice, text
from tocsin.core.registry import About, Condition, Phase

TARGETS = {"Unassigned": "nobody", "Team": "team", "Member": "member"}


@dataclass(frozen=True, slots=True)
class Options:
    targetType: str = choice("Assigned to", TARGETS)  # noqa: N815
    targetIdentifier: str = text("Team or member", help="The id, unless it is nobody.")  # noqa: N815

    def __post_init__(self) -> None:
        if self.targetType != "Unassigned" and not self.targetIdentifier:
            raise InvalidFieldsError({"targetIdentifier": f"Choose the {TARGETS[self.targetType]}."})


def holds(options: Options, facts: Facts) -> bool:
    user, team = facts.issue.assignee_user_id, facts.issue.assignee_team_id
    match options.targetType:
        case "Member":
            return user is not None and str(user) == options.targetIdentifier
        case "Team":
            return team is not None and str(team) == options.targetIdentifier
        case _:
            return user is None and team is None


CONDITION = Condition(
    slug="assigned_to",
    phase=Phase.IF,
    ids=("sentry.rules.filters.assigned_to.AssignedToFilter",),
    label="The issue is assigned to {targetType}",
    sentence="The issue is assigned to {targetType}[ {targetIdentifier}]",
    options=Options,
    holds=holds,
    about=About.ISSUE,
)

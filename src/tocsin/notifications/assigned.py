"""An issue was assigned to a person or a team."""

from tocsin.core.activity import ActivityFacts, example, kind
from tocsin.core.issue import Happening

# What assigned it when nobody did, by the activity's `integration`.
BY_ITSELF = {
    "projectOwnership": "by an ownership rule",
    "codeowners": "by CODEOWNERS",
    "suspectCommitter": "because of a suspect commit",
}


def sentence(facts: ActivityFacts) -> str:
    whom = _assignee(facts)
    if facts.author:
        return f"{facts.author} assigned {facts.short_id} to {whom}"
    how = BY_ITSELF.get(facts.text("integration"), "by itself")
    rule = facts.text("rule")
    return f"{facts.short_id} was assigned to {whom} {how}" + (f" ({rule})" if rule else "")


def _assignee(facts: ActivityFacts) -> str:
    is_team = facts.text("assigneeType") == "team"
    if not is_team and facts.author_id and facts.text("assignee") == str(facts.author_id):
        return "themselves"
    name = facts.text("assigneeName") or facts.text("assigneeEmail")
    if is_team:
        return f"the #{name} team" if name else "an unknown team"
    return name or "an unknown user"


EXAMPLE = example(
    data={"assignee": "8", "assigneeType": "user", "assigneeName": "Ben Ode", "assigneeEmail": "ben@example.com"},
    reason="you were assigned to this issue",
)
NOTIFICATION_KIND = kind("assigned", "Assigned", Happening.ASSIGNED, sentence, EXAMPLE)

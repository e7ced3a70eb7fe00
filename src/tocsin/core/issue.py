"""An issue's states and what can become true of it (behaviour §10)."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Status(IntEnum):
    """Numbers as on Sentry's wire."""

    UNRESOLVED = 0
    RESOLVED = 1
    IGNORED = 2


class Substatus(IntEnum):
    """What kind of unresolved or ignored; NONE for resolved."""

    NONE = 0
    UNTIL_ESCALATING = 1
    ESCALATING = 2
    ONGOING = 3
    UNTIL_CONDITION_MET = 4
    FOREVER = 5
    REGRESSED = 6
    NEW = 7


class Priority(IntEnum):
    LOW = 25
    MEDIUM = 50
    HIGH = 75


class Happening(StrEnum):
    """Something that became true of an issue; shown on its timeline it is an activity.

    Names as on Sentry's wire."""

    FIRST_SEEN = "first_seen"
    REGRESSION = "set_regression"
    RESOLVED = "set_resolved"
    RESOLVED_BY_AGE = "set_resolved_by_age"
    RESOLVED_IN_RELEASE = "set_resolved_in_release"
    RESOLVED_IN_COMMIT = "set_resolved_in_commit"
    RESOLVED_IN_PULL_REQUEST = "set_resolved_in_pull_request"
    UNRESOLVED = "set_unresolved"
    IGNORED = "set_ignored"
    ESCALATING = "set_escalating"
    ONGOING = "auto_set_ongoing"
    PRIORITY = "set_priority"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    NOTE = "note"
    FEEDBACK = "user_feedback"
    EXTERNAL_ISSUE = "create_issue"
    DEPLOY = "deploy"


# What is an activity of an issue: not what an event is itself, nor what is about a release.
OF_ISSUES = tuple(one for one in Happening if one not in (Happening.FIRST_SEEN, Happening.DEPLOY))
RESOLVED_BY = tuple(one for one in Happening if one.value.startswith(Happening.RESOLVED.value))


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as decisions see it."""

    id: int
    project_id: int
    short_id: str
    title: str
    culprit: str
    level: str
    status: Status
    substatus: Substatus
    priority: Priority
    first_seen: datetime
    last_seen: datetime
    times_seen: int
    users_seen: int = 0
    assignee_user_id: int | None = None
    assignee_team_id: int | None = None
    category: int = 1  # errors, on Sentry's wire
    type: str = "error"


def short_id(project_slug: str, number: int) -> str:
    """What people call an issue: SHOP-12."""
    return f"{project_slug.upper()}-{number}"


def priority_of(level: str) -> Priority:
    """How urgent a new error is, from its level alone (behaviour §10.1, no severity score)."""
    match level:
        case "fatal" | "error":
            return Priority.HIGH
        case "warning":
            return Priority.MEDIUM
        case _:
            return Priority.LOW

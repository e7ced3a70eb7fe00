"""Thin models: columns and constraints. Decisions live in core, statements in queries and writes."""

from tocsin.store.models.conversation import Reference
from tocsin.store.models.delivery import Attempt, Delivery, Notification
from tocsin.store.models.event import Event, EventSeen, RejectedBody, SpoolPosition
from tocsin.store.models.integration import Integration
from tocsin.store.models.issue import (
    Activity,
    Environment,
    Fingerprint,
    Issue,
    IssueEnvironment,
    IssueMinute,
    IssueUser,
    Release,
)
from tocsin.store.models.lane import Lane
from tocsin.store.models.operations import Heartbeat, Tally
from tocsin.store.models.organization import (
    Membership,
    Organization,
    Project,
    ProjectKey,
    ProjectTeam,
    Team,
    TeamMember,
)
from tocsin.store.models.preference import Preference
from tocsin.store.models.rule import Firing, Rule, RuleState
from tocsin.store.models.user import AddressChange, ApiToken, AuditEntry, SignInLink, User

__all__ = [
    "Activity",
    "AddressChange",
    "ApiToken",
    "Attempt",
    "AuditEntry",
    "Delivery",
    "Environment",
    "Event",
    "EventSeen",
    "Fingerprint",
    "Firing",
    "Heartbeat",
    "Integration",
    "Issue",
    "IssueEnvironment",
    "IssueMinute",
    "IssueUser",
    "Lane",
    "Membership",
    "Notification",
    "Organization",
    "Preference",
    "Project",
    "ProjectKey",
    "ProjectTeam",
    "Reference",
    "RejectedBody",
    "Release",
    "Rule",
    "RuleState",
    "SignInLink",
    "SpoolPosition",
    "Tally",
    "Team",
    "TeamMember",
    "User",
]

"""Thin models: columns and constraints. Decisions live in core, statements in queries and writes."""

from tocsin.store.models.channel import Channel, ChannelListing
from tocsin.store.models.conversation import Reference
from tocsin.store.models.counts import Counted, ReleaseEnvironment, SessionMinute
from tocsin.store.models.delivery import Attempt, Delivery, Notification
from tocsin.store.models.event import Event, EventSeen, RejectedBody, SpoolPosition
from tocsin.store.models.feedback import Feedback
from tocsin.store.models.identity import ChatAction, ChatToken, ExternalActor, LinkOffer, RollCall
from tocsin.store.models.integration import Integration
from tocsin.store.models.issue import (
    Activity,
    Environment,
    Fingerprint,
    Issue,
    IssueEnvironment,
    IssueMinute,
    IssueUser,
)
from tocsin.store.models.lane import Lane
from tocsin.store.models.member import Invitation, MemberRequest
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
from tocsin.store.models.ownership import CodeOwners, Ownership
from tocsin.store.models.preference import Preference, PreferenceDefault
from tocsin.store.models.release import (
    CodeHost,
    Commit,
    CommitFile,
    Deploy,
    IssueLink,
    PullRequest,
    Release,
    ReleaseCommit,
    Repository,
)
from tocsin.store.models.report import QuotaNotice, Refused, WeeklyReport
from tocsin.store.models.rule import (
    Firing,
    NeglectedRule,
    Rule,
    RuleHealth,
    RuleHidden,
    RuleHour,
    RulePending,
    RuleSnooze,
    RuleState,
    RuleTask,
)
from tocsin.store.models.search import SavedSearch
from tocsin.store.models.tag import IssueTag, Tag
from tocsin.store.models.user import (
    AddressChange,
    ApiToken,
    AuditEntry,
    ProjectAddress,
    SignInLink,
    User,
    UserAddress,
)
from tocsin.store.models.workflow import Bookmark, IssueOwner, Resolution, Snooze, Subscription, Untold

__all__ = [
    "Activity",
    "AddressChange",
    "ApiToken",
    "Attempt",
    "AuditEntry",
    "Bookmark",
    "Channel",
    "ChannelListing",
    "ChatAction",
    "ChatToken",
    "CodeHost",
    "CodeOwners",
    "Commit",
    "CommitFile",
    "Counted",
    "Delivery",
    "Deploy",
    "Environment",
    "Event",
    "EventSeen",
    "ExternalActor",
    "Feedback",
    "Fingerprint",
    "Firing",
    "Heartbeat",
    "Integration",
    "Invitation",
    "Issue",
    "IssueEnvironment",
    "IssueLink",
    "IssueMinute",
    "IssueOwner",
    "IssueTag",
    "IssueUser",
    "Lane",
    "LinkOffer",
    "MemberRequest",
    "Membership",
    "NeglectedRule",
    "Notification",
    "Organization",
    "Ownership",
    "Preference",
    "PreferenceDefault",
    "Project",
    "ProjectAddress",
    "ProjectKey",
    "ProjectTeam",
    "PullRequest",
    "QuotaNotice",
    "Reference",
    "Refused",
    "RejectedBody",
    "Release",
    "ReleaseCommit",
    "ReleaseEnvironment",
    "Repository",
    "Resolution",
    "RollCall",
    "Rule",
    "RuleHealth",
    "RuleHidden",
    "RuleHour",
    "RulePending",
    "RuleSnooze",
    "RuleState",
    "RuleTask",
    "SavedSearch",
    "SessionMinute",
    "SignInLink",
    "Snooze",
    "SpoolPosition",
    "Subscription",
    "Tag",
    "Tally",
    "Team",
    "TeamMember",
    "Untold",
    "User",
    "UserAddress",
    "WeeklyReport",
]

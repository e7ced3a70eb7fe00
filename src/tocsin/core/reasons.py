"""Why someone was, or was not, told: the steps of a decision trace, as data (never a log line)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What a step did: people are removed; what would have gone somewhere is suppressed, as its delivery is."""

    ADDED = "added"
    KEPT = "kept"
    MOVED = "moved"
    HELD = "held"
    REMOVED = "removed"
    SUPPRESSED = "suppressed"


class Reason(StrEnum):
    """Each code has its sentence in SENTENCES; codes are stable and appear in the API."""

    RULE_FIRED = "rule_fired"
    RULE_HELD_FREQUENCY = "rule_held_frequency"
    TARGET_MEMBER = "target_member"
    TARGET_TEAM = "target_team"
    TARGET_CHANNEL = "target_channel"
    ISSUE_OWNER = "issue_owner"
    ASSIGNEE = "assignee"
    FALLTHROUGH_ALL = "fallthrough_all"
    FALLTHROUGH_ACTIVE = "fallthrough_active"
    FALLTHROUGH_NOBODY = "fallthrough_nobody"
    NO_TEAM_ON_PROJECT = "no_team_on_project"
    NOT_A_MEMBER = "not_a_member"
    TEAM_NOT_ON_PROJECT = "team_not_on_project"
    TEAM_EXPANDED = "team_expanded"
    INACTIVE = "inactive"
    PREFERENCE_DEFAULT = "preference_default"
    PREFERENCE_ALLOWS = "preference_allows"
    PREFERENCE_NEVER = "preference_never"
    PROVIDER_NEVER = "provider_never"
    PROVIDER_NOT_CONNECTED = "provider_not_connected"
    NO_ADDRESS = "no_address"
    INTEGRATION_MISSING = "integration_missing"
    INTEGRATION_BROKEN = "integration_broken"
    ACTION_UNKNOWN = "action_unknown"
    ALREADY_TOLD = "already_told"
    ASKED_FOR = "asked_for"
    SHARED_LINK = "shared_link"
    SUSPECT_COMMIT = "suspect_commit"
    TEAM_ACCOUNT = "team_account"
    PROVIDER_OFF = "provider_off"
    ACTIVITY = "activity"
    SUBSCRIBED = "subscribed"
    FOLLOWS_ALL = "follows_all"
    UNSUBSCRIBED = "unsubscribed"
    NOT_SUBSCRIBED = "not_subscribed"
    OWN_ACTIVITY = "own_activity"
    COMMITTED = "committed"
    NOT_COMMITTED = "not_committed"
    IN_THREAD = "in_thread"
    REWRITTEN = "rewritten"
    THREADS_OFF = "threads_off"
    THREAD_OFF = "thread_off"
    COMMENTS_OFF = "comments_off"
    SAID_THERE = "said_there"
    SERVICE_GONE = "service_gone"
    PLACE_DISCONNECTED = "place_disconnected"
    PLACE_UNREADABLE = "place_unreadable"
    MANY_AT_ONCE = "many_at_once"
    MAY_DECIDE = "may_decide"
    ASKS_TO_COME_IN = "asks_to_come_in"
    RULE_SNOOZED = "rule_snoozed"
    RULE_SNOOZED_FOR_ALL = "rule_snoozed_for_all"
    NOT_NAMED = "not_named"
    FOLLOWED_LATER = "followed_later"
    INVITED = "invited"
    OWN_ACCOUNT = "own_account"
    LIMIT_REACHED = "limit_reached"
    HEARS_OF_LIMITS = "hears_of_limits"
    WEEK_OVER = "week_over"
    IN_PROJECTS = "in_projects"
    NO_PROJECT = "no_project"
    QUIET_WEEK = "quiet_week"
    RULE_SILENT = "rule_silent"
    OWNS_RULE = "owns_rule"
    SNOOZE_OVER = "snooze_over"
    WROTE_THERE = "wrote_there"


SENTENCES: dict[Reason, str] = {
    Reason.RULE_FIRED: "the alert rule's conditions were met",
    Reason.RULE_HELD_FREQUENCY: "the alert rule had fired for this issue too recently",
    Reason.TARGET_MEMBER: "the alert rule names this member",
    Reason.TARGET_TEAM: "the alert rule names this team",
    Reason.TARGET_CHANNEL: "the alert rule names this destination",
    Reason.ISSUE_OWNER: "owns this part of the code",
    Reason.ASSIGNEE: "the issue is assigned to them",
    Reason.FALLTHROUGH_ALL: "nobody owns the issue, and the rule then tells every member of the project's teams",
    Reason.FALLTHROUGH_ACTIVE: "nobody owns the issue, and the rule then tells the 20 most recently active members",
    Reason.FALLTHROUGH_NOBODY: "nobody owns the issue, and the rule then tells nobody",
    Reason.NO_TEAM_ON_PROJECT: "the project has no team, so it has no members to tell",
    Reason.NOT_A_MEMBER: "is not a member of a team of this project",
    Reason.TEAM_NOT_ON_PROJECT: "the team is not on this project",
    Reason.TEAM_EXPANDED: "the team has no channel of its own, so its members are told",
    Reason.INACTIVE: "the account is not active",
    Reason.PREFERENCE_DEFAULT: "it is on unless switched off",
    Reason.PREFERENCE_ALLOWS: "their preference says always",
    Reason.PREFERENCE_NEVER: "their preference says never for this type",
    Reason.PROVIDER_NEVER: "their preference switches this service off",
    Reason.PROVIDER_NOT_CONNECTED: "no such service is connected to the organization",
    Reason.NO_ADDRESS: "has no address for this service",
    Reason.INTEGRATION_MISSING: "the integration that the rule names has been removed",
    Reason.INTEGRATION_BROKEN: "the integration is broken",
    Reason.ACTION_UNKNOWN: "the rule's action cannot run",
    Reason.ALREADY_TOLD: "is told already by another way of the same notification",
    Reason.ASKED_FOR: "asked for it",
    Reason.SHARED_LINK: "shared a link to this instance there",
    Reason.SUSPECT_COMMIT: "changed this part of the code last",
    Reason.TEAM_ACCOUNT: "the team has a place of its own there",
    Reason.PROVIDER_OFF: "this service is off until they switch it on",
    Reason.ACTIVITY: "it happened to the issue",
    Reason.SUBSCRIBED: "follows the issue",
    Reason.FOLLOWS_ALL: "their preference says always, so they follow every issue of the project",
    Reason.UNSUBSCRIBED: "unsubscribed from this issue",
    Reason.NOT_SUBSCRIBED: "does not follow the issue, and hears only of issues that they follow",
    Reason.OWN_ACTIVITY: "did it themselves, and does not want to hear of what they do",
    Reason.COMMITTED: "has a commit in this release",
    Reason.NOT_COMMITTED: "has no commit in this release, and hears only of releases that they have a part in",
    Reason.IN_THREAD: "an alert about this issue stands there, so this goes into its thread",
    Reason.REWRITTEN: "a message about it stands there, which now says how it stands",
    Reason.THREADS_OFF: "the organization keeps what happens to issues out of the threads of their alerts",
    Reason.THREAD_OFF: "the alert rule's action keeps what happens to the issue out of the thread there",
    Reason.COMMENTS_OFF: "the organization keeps comments out of the threads of alerts",
    Reason.SAID_THERE: "it was written there, so it is said everywhere else",
    Reason.SERVICE_GONE: "an alert stands there, and this product no longer has the service",
    Reason.PLACE_DISCONNECTED: "an alert stands there, and the integration that it went through has been removed",
    Reason.PLACE_UNREADABLE: "an alert stands there, and what is known of the place names no destination",
    Reason.MANY_AT_ONCE: "many issues were changed at once, which their timelines say and no message does",
    Reason.MAY_DECIDE: "may decide about this",
    Reason.ASKS_TO_COME_IN: "somebody asks to be let in",
    Reason.RULE_SNOOZED: "snoozed this alert rule",
    Reason.RULE_SNOOZED_FOR_ALL: "the alert rule is snoozed for everyone",
    Reason.INVITED: "is invited into the organization",
    Reason.OWN_ACCOUNT: "it is their own account",
    Reason.LIMIT_REACHED: "a key of the project reached its limit",
    Reason.HEARS_OF_LIMITS: "manages the organization, or chose to hear of limits",
    Reason.WEEK_OVER: "the week is over",
    Reason.IN_PROJECTS: "is in projects that have something to report",
    Reason.NO_PROJECT: "is on no team of any project",
    Reason.QUIET_WEEK: "nothing happened in their projects, in that week or the one before",
    Reason.RULE_SILENT: "the alert rule has long not fired, although events came",
    Reason.OWNS_RULE: "owns the alert rule",
    Reason.SNOOZE_OVER: "the time of the alert rule's snooze has come",
    Reason.WROTE_THERE: "wrote in the thread, which could not be taken for a comment",
    Reason.NOT_NAMED: "no rule that fired stands for them",
    Reason.FOLLOWED_LATER: "follows the issue only since after this",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a decision trace.

    `subject` is a typed id ("user:7", "team:2", "channel:#ops", "rule:3"), `label` what people call it,
    `cause` the row that made it so ("rule:3", "preference:12"), `detail` what a page may add.
    """

    subject: str
    label: str
    verdict: Verdict
    reason: Reason
    cause: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "label": self.label,
            "verdict": self.verdict.value,
            "reason": self.reason.value,
            "sentence": SENTENCES[self.reason],
            "cause": self.cause,
            **({"detail": self.detail} if self.detail else {}),
        }

"""An issue, its activities and comments in Sentry's wire format."""

from typing import Any

from tocsin.api.rule_json import moment
from tocsin.core.issue import Priority, Status, Substatus, short_id
from tocsin.pipeline import links
from tocsin.store.models import Activity, Issue, Snooze, Subscription, Team, User
from tocsin.store.queries.issue_api import Whole

STATUSES = {Status.UNRESOLVED: "unresolved", Status.RESOLVED: "resolved", Status.IGNORED: "ignored"}
SUBSTATUSES = {
    Substatus.UNTIL_ESCALATING: "archived_until_escalating",
    Substatus.UNTIL_CONDITION_MET: "archived_until_condition_met",
    Substatus.FOREVER: "archived_forever",
    Substatus.ESCALATING: "escalating",
    Substatus.ONGOING: "ongoing",
    Substatus.REGRESSED: "regressed",
    Substatus.NEW: "new",
}
# As Sentry's clients know them (behaviour §1.7).
REASONS = {
    "comment": "commented",
    "assigned": "assigned",
    "bookmark": "bookmarked",
    "status_change": "changed_status",
    "mentioned": "mentioned",
}


def issue_json(issue: Issue) -> dict[str, Any]:
    """What every list of issues shows."""
    project = issue.project
    return {
        "id": str(issue.pk),
        "shortId": short_id(project.slug, issue.number),
        "title": issue.title,
        "culprit": issue.culprit,
        "permalink": links.issue(project.organization.slug, issue.pk),
        "logger": None,
        "level": issue.level,
        "status": STATUSES[Status(issue.status)],
        "substatus": SUBSTATUSES.get(Substatus(issue.substatus)),
        "statusDetails": {},
        "isPublic": False,
        "platform": issue.platform,
        "project": {
            "id": str(project.pk),
            "name": project.name,
            "slug": project.slug,
            "platform": project.platform,
        },
        "type": "error",
        "metadata": {"title": issue.title},
        "priority": Priority(issue.priority).name.lower(),
        "assignedTo": _assignee(issue),
        "count": str(issue.times_seen),
        "userCount": issue.users_seen,
        "firstSeen": moment(issue.first_seen),
        "lastSeen": moment(issue.last_seen),
        "annotations": [],
    }


def whole_json(found: Whole) -> dict[str, Any]:
    """One issue with all that belongs to it."""
    issue = found.issue
    return {
        **issue_json(issue),
        "statusDetails": _details(found),
        "numComments": found.comments,
        "isBookmarked": found.is_bookmarked,
        "isSubscribed": bool(found.mine and found.mine.is_active),
        "subscriptionDetails": _subscription(found),
        "hasSeen": True,
        "activity": [activity_json(one) for one in found.activities],
        "seenBy": [],
        "participants": [_follower(one) for one in found.followers],
        "owners": [
            {"type": one.kind, "owner": _owner(one.user, one.team), "rule": one.rule, "commit": one.commit}
            for one in found.owners
        ],
        "firstRelease": {"version": issue.first_release} if issue.first_release else None,
        "lastRelease": {"version": issue.last_release} if issue.last_release else None,
    }


def activity_json(activity: Activity) -> dict[str, Any]:
    return {
        "id": str(activity.pk),
        "type": activity.type,
        "user": user_json(activity.user) if activity.user else None,
        "data": activity.data,
        "dateCreated": moment(activity.date_added),
    }


def user_json(user: User) -> dict[str, Any]:
    return {"id": str(user.pk), "name": user.display_name, "email": user.email}


def _assignee(issue: Issue) -> dict[str, Any] | None:
    if issue.assignee_user:
        return {"type": "user", **user_json(issue.assignee_user)}
    if issue.assignee_team:
        return {"type": "team", "id": str(issue.assignee_team.pk), "name": issue.assignee_team.slug}
    return None


def _follower(one: Subscription) -> dict[str, Any]:
    if one.user:
        return {"type": "user", **user_json(one.user)}
    return {"type": "team", "id": str(one.team_id), "name": one.team.slug if one.team else ""}


def _owner(user: User | None, team: Team | None) -> str:
    return f"user:{user.pk}" if user else f"team:{team.pk}" if team else ""


def _subscription(found: Whole) -> dict[str, Any] | None:
    if found.mine is None:
        return None
    if not found.mine.is_active:
        return {"disabled": True}
    return {"reason": REASONS.get(found.mine.because, "unknown")}


def _details(found: Whole) -> dict[str, Any]:
    """What it was archived until, or where it is resolved; as the client sent it."""
    if found.snooze:
        return _snoozed(found.snooze)
    if found.resolution:
        match found.resolution.kind:
            case "in_next_release":
                return {"inNextRelease": True}
            case "in_release":
                return {"inRelease": found.resolution.release}
            case _:
                return {"inCommit": {"commit": found.resolution.commit}}
    return {}


def _snoozed(snooze: Snooze) -> dict[str, Any]:
    found = {
        "ignoreUntil": moment(snooze.until) if snooze.until else None,
        "ignoreCount": snooze.count,
        "ignoreWindow": snooze.window,
        "ignoreUserCount": snooze.user_count,
        "ignoreUserWindow": snooze.user_window,
        "untilEscalating": True if snooze.forecast else None,
    }
    return {key: value for key, value in found.items() if value is not None}

"""What the buttons of an issue's page do, in the words of the API, and what is said when it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Action:
    """`body` is what an API client would send; `done` is said when it is done."""

    label: str
    body: Mapping[str, Any]
    done: str
    menu: str = ""
    needs_release: bool = False


def _archive(label: str, done: str, **details: Any) -> Action:
    return Action(label, {"status": "ignored", "statusDetails": details}, done, "archive")


ARCHIVED = "Archived. It alerts nobody"
ACTIONS: dict[str, Action] = {
    "resolved": Action(
        "Resolve now", {"status": "resolved"}, "Resolved. An event after this is a regression.", "resolve"
    ),
    "next_release": Action(
        "In the next release",
        {"status": "resolvedInNextRelease"},
        "Resolved in the next release. An event of that one, or of a later one, is a regression.",
        "resolve",
        needs_release=True,
    ),
    "current_release": Action(
        "In the current release",
        {"status": "resolved", "statusDetails": {"inRelease": "latest"}},
        "Resolved in the current release. An event of a later one is a regression.",
        "resolve",
        needs_release=True,
    ),
    "unresolved": Action("Reopen", {"status": "unresolved"}, "Reopened."),
    "escalating": _archive("Until it escalates", f"{ARCHIVED} until it escalates.", untilEscalating=True),
    "hour": _archive("For an hour", f"{ARCHIVED} for an hour.", ignoreDuration=HOUR),
    "day": _archive("For a day", f"{ARCHIVED} for a day.", ignoreDuration=DAY),
    "week": _archive("For a week", f"{ARCHIVED} for a week.", ignoreDuration=WEEK),
    "times_10": _archive("Until 10 more events", f"{ARCHIVED} until 10 more events.", ignoreCount=10),
    "times_100": _archive("Until 100 more events", f"{ARCHIVED} until 100 more events.", ignoreCount=100),
    "times_1000": _archive("Until 1,000 more events", f"{ARCHIVED} until 1,000 more events.", ignoreCount=1000),
    "users_10": _archive("Until 10 more users", f"{ARCHIVED} until 10 more users see it.", ignoreUserCount=10),
    "ignored": _archive("For ever", f"{ARCHIVED} until it is reopened."),
    "follow": Action("Follow", {"isSubscribed": True}, "You follow this issue."),
    "unfollow": Action(
        "Stop following", {"isSubscribed": False}, "You hear no more of this issue, until you follow it again."
    ),
    "bookmark": Action("Bookmark", {"isBookmarked": True}, "Bookmarked. You follow it, too."),
    "unbookmark": Action("Remove bookmark", {"isBookmarked": False}, "The bookmark is gone."),
}
PRIORITIES = {"high": "High", "medium": "Medium", "low": "Low"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asked for."""

    body: Mapping[str, Any] = field(default_factory=dict)
    done: str = ""


def asked(form: Mapping[str, str]) -> Asked | None:
    """What a form of the page asks for; None for what no form of ours sends."""
    if (action := ACTIONS.get(form.get("do", "") or form.get("status", ""))) is not None:
        return Asked(action.body, action.done)
    if form.get("priority") in PRIORITIES:
        return Asked({"priority": form["priority"]}, f"Its priority is {form['priority']}.")
    if "assigned_to" in form:
        who = form["assigned_to"]
        return Asked({"assignedTo": who or None}, "Assigned." if who else "It is nobody's now.")
    return None


def menu(name: str, *, has_releases: bool) -> list[tuple[str, Action]]:
    """The entries of a menu of the page."""
    return [
        (slug, action)
        for slug, action in ACTIONS.items()
        if action.menu == name and (has_releases or not action.needs_release)
    ]

"""An issue's timeline in words: the same that messages use."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.core.activity import ActivityFacts
from tocsin.core.issue import Happening, short_id
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.models import Activity, Issue

ICONS = {
    Happening.FIRST_SEEN: "plus",
    Happening.REGRESSION: "reopen",
    Happening.UNRESOLVED: "reopen",
    Happening.ESCALATING: "bell",
    Happening.ONGOING: "info",
    Happening.IGNORED: "archive",
    Happening.ASSIGNED: "person",
    Happening.UNASSIGNED: "person",
    Happening.NOTE: "mail",
    Happening.FEEDBACK: "mail",
    Happening.EXTERNAL_ISSUE: "plug",
    Happening.PRIORITY: "sliders",
}
# What only the timeline tells, so no message has words for it.
WORDS = {
    Happening.FIRST_SEEN: "First seen",
    Happening.ONGOING: "It has been here for a week: it is ongoing",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `said` is what a person wrote; `is_own` lets the reader take it back."""

    id: int
    icon: str
    words: str
    said: str
    is_own: bool
    is_edited: bool
    moment: datetime


def entry(activity: Activity, issue: Issue, reader_id: int) -> Entry:
    try:
        happening = Happening(activity.type)
    except ValueError:
        return _plain(activity, activity.type.replace("_", " ").capitalize())
    is_note = happening is Happening.NOTE
    said = str(activity.data.get("comments" if happening is Happening.FEEDBACK else "text") or "")
    return Entry(
        activity.pk,
        ICONS.get(happening, "check"),
        _words(activity, happening, issue),
        said if is_note or happening is Happening.FEEDBACK else "",
        is_note and activity.user_id == reader_id,
        bool(activity.data.get("edited")),
        activity.date_added,
    )


def _plain(activity: Activity, words: str) -> Entry:
    return Entry(activity.pk, "info", words, "", is_own=False, is_edited=False, moment=activity.date_added)


def _words(activity: Activity, happening: Happening, issue: Issue) -> str:
    if happening in WORDS:
        return WORDS[happening]
    author = activity.user.display_name if activity.user else ""
    kind = catalogue().kind_of(happening)
    if kind is None or kind.brief is None:
        what = str(activity.data.get("priority") or activity.type.replace("_", " "))
        return f"{author or 'Tocsin'} set the priority to {what}" if happening is Happening.PRIORITY else what
    return kind.brief(_facts(activity, author, issue)).title


def _facts(activity: Activity, author: str, issue: Issue) -> ActivityFacts:
    """Enough for the sentence; nothing of it leaves the house."""
    name = short_id(issue.project.slug, issue.number)
    return ActivityFacts(
        organization="",
        project=issue.project.slug,
        project_url="",
        issue_id=issue.pk,
        short_id=name,
        issue_url="",
        title=issue.title,
        culprit=issue.culprit,
        level=issue.level,
        settings_url="",
        author=author,
        author_id=activity.user_id or 0,
        data=activity.data,
    )

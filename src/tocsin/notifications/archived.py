"""An issue was archived: it alerts nobody until what it waits for has come."""

from tocsin.core.activity import ActivityFacts, example, kind, moment
from tocsin.core.issue import Happening


def sentence(facts: ActivityFacts) -> str:
    return f"{facts.by()} archived {facts.short_id}{_until(facts)}"


def _until(facts: ActivityFacts) -> str:
    if facts.data.get("ignoreUntilEscalating"):
        return " until it escalates"
    if until := facts.text("ignoreUntil"):
        return f" until {moment(until)}"
    for count, window, what in (
        ("ignoreCount", "ignoreWindow", "events"),
        ("ignoreUserCount", "ignoreUserWindow", "users"),
    ):
        number = facts.text(count)
        if number.isdecimal() and int(number) > 0:
            return f" until {int(number):,} more {what}" + _within(facts.text(window))
    return ""


def _within(minutes: str) -> str:
    if not minutes.isdecimal() or int(minutes) <= 0:
        return ""
    span = int(minutes)
    return f" within {span // 60} hours" if span % 60 == 0 and span > 60 else f" within {span} minutes"


NOTIFICATION_KIND = kind(
    "archived", "Archived issue", Happening.IGNORED, sentence, example(data={"ignoreUntilEscalating": True})
)

"""A person reopened an issue."""

from tocsin.core.activity import ActivityFacts, example, kind
from tocsin.core.issue import Happening


def sentence(facts: ActivityFacts) -> str:
    return f"{facts.by()} reopened {facts.short_id}"


NOTIFICATION_KIND = kind("unresolved", "Reopened issue", Happening.UNRESOLVED, sentence, example())

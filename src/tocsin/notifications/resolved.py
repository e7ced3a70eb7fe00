"""A person resolved an issue."""

from tocsin.core.activity import ActivityFacts, example, kind
from tocsin.core.issue import Happening


def sentence(facts: ActivityFacts) -> str:
    return f"{facts.by()} resolved {facts.short_id}"


NOTIFICATION_KIND = kind("resolved", "Resolved issue", Happening.RESOLVED, sentence, example())

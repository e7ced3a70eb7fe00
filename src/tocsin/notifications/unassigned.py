"""An issue is nobody's any more."""

from tocsin.core.activity import ActivityFacts, example, kind
from tocsin.core.issue import Happening


def sentence(facts: ActivityFacts) -> str:
    return f"{facts.by()} took the assignment of {facts.short_id} away"


NOTIFICATION_KIND = kind("unassigned", "Unassigned", Happening.UNASSIGNED, sentence, example())

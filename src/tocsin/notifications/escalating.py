"""An issue happens far more often than it used to, or what kept it quiet has ended."""

from tocsin.core.activity import ActivityFacts, example, kind
from tocsin.core.issue import Happening


def sentence(facts: ActivityFacts) -> str:
    forecast = facts.text("forecast")
    if forecast.isdecimal() and int(forecast) > 0:
        return f"{facts.short_id} is escalating: more than {int(forecast):,} events in an hour"
    if facts.data.get("expired_snooze"):
        return f"{facts.short_id} is escalating: what it was archived until has come"
    return f"{facts.short_id} is escalating"


NOTIFICATION_KIND = kind(
    "escalating",
    "Escalating issue",
    Happening.ESCALATING,
    sentence,
    example(author="", author_id=0, data={"forecast": 40}),
)

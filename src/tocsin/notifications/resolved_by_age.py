"""An issue was not seen for so long that it counts as resolved."""

from tocsin.core.activity import ActivityFacts, example, kind
from tocsin.core.issue import Happening


def sentence(facts: ActivityFacts) -> str:
    hours = facts.text("age")
    seen = f"was not seen for {_span(int(hours))}" if hours.isdecimal() else "was not seen for long"
    return f"{facts.short_id} {seen}, so {facts.by()} resolved it"


def _span(hours: int) -> str:
    if hours >= 48 and hours % 24 == 0:
        return f"{hours // 24} days"
    return f"{hours} hours" if hours != 1 else "an hour"


NOTIFICATION_KIND = kind(
    "resolved_by_age",
    "Resolved by age",
    Happening.RESOLVED_BY_AGE,
    sentence,
    example(author="", author_id=0, data={"age": 720}),
)

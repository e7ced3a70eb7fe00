"""An issue is fixed in a release, or in the one to come."""

from tocsin.core.activity import ActivityFacts, example, kind, version
from tocsin.core.issue import Happening


def sentence(facts: ActivityFacts) -> str:
    release = version(facts.text("version"))
    where = release or "an upcoming release"
    return f"{facts.by()} resolved {facts.short_id} in {where}"


NOTIFICATION_KIND = kind(
    "resolved_in_release",
    "Resolved in a release",
    Happening.RESOLVED_IN_RELEASE,
    sentence,
    example(data={"version": "shop@1.4.3"}),
)

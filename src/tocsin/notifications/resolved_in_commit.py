"""A commit says that it fixes an issue."""

from tocsin.core.activity import ActivityFacts, example, kind
from tocsin.core.issue import Happening

SHOWN = 12  # characters of a hash


def sentence(facts: ActivityFacts) -> str:
    commit = facts.text("commit")[:SHOWN]
    return f"{facts.by()} resolved {facts.short_id} in " + (f"commit {commit}" if commit else "a commit")


NOTIFICATION_KIND = kind(
    "resolved_in_commit",
    "Resolved in a commit",
    Happening.RESOLVED_IN_COMMIT,
    sentence,
    example(data={"commit": "7e2d1fa93c55b0e4a8f6", "repository": "acme/shop"}),
)

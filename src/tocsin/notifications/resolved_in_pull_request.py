"""A pull request says that it will fix an issue."""

from tocsin.core.activity import ActivityFacts, example, kind
from tocsin.core.issue import Happening
from tocsin.core.message import Block, Paragraph


def sentence(facts: ActivityFacts) -> str:
    return f"{facts.by()} opened a pull request that will resolve {facts.short_id}"


def blocks(facts: ActivityFacts) -> tuple[Block, ...]:
    named = facts.data.get("pull_request")
    url = str(named.get("externalUrl") or "") if isinstance(named, dict) else ""
    return (Paragraph(url),) if url.startswith(("https://", "http://")) else ()


NOTIFICATION_KIND = kind(
    "resolved_in_pull_request",
    "Resolved in a pull request",
    Happening.RESOLVED_IN_PULL_REQUEST,
    sentence,
    example(data={"pull_request": {"externalUrl": "https://git.example/acme/shop/pull/31"}}),
    blocks=blocks,
)

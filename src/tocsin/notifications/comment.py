"""A person commented on an issue."""

from tocsin.core.activity import ActivityFacts, example, kind
from tocsin.core.issue import Happening
from tocsin.core.message import Block, Paragraph


def sentence(facts: ActivityFacts) -> str:
    service = facts.text("service")
    return f"{facts.by()} commented on {facts.short_id}{f' in {service}' if service else ''}"


def blocks(facts: ActivityFacts) -> tuple[Block, ...]:
    return (Paragraph(facts.text("text")),)


NOTIFICATION_KIND = kind(
    "comment",
    "New comment",
    Happening.NOTE,
    sentence,
    example(data={"text": "The discount code is empty for gift cards. I have a fix."}),
    blocks=blocks,
)

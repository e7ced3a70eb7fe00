"""Somebody who uses the application said what they saw."""

from tocsin.core.activity import ActivityFacts, example, kind
from tocsin.core.issue import Happening
from tocsin.core.message import Block, Fields, Paragraph


def sentence(facts: ActivityFacts) -> str:
    return f"{facts.text('name') or facts.text('email') or 'A user'} sent feedback on {facts.short_id}"


def blocks(facts: ActivityFacts) -> tuple[Block, ...]:
    said: tuple[Block, ...] = (Paragraph(facts.text("comments")),)
    known = tuple(
        (label, facts.text(name)) for label, name in (("From", "email"), ("Page", "url")) if facts.text(name)
    )
    return (*said, Fields(known, minor=True)) if known else said


NOTIFICATION_KIND = kind(
    "feedback",
    "User feedback",
    Happening.FEEDBACK,
    sentence,
    example(
        author="",
        author_id=0,
        data={"name": "Jo March", "email": "jo@example.net", "comments": "I pressed Pay and nothing happened."},
    ),
    blocks=blocks,
)

"""What somebody is told alone who pressed or typed something in a chat service."""

from dataclasses import dataclass

from tocsin.core.message import Link, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said, in a sentence; `url` is where the person goes next, to do what `next` says, "" for nowhere;
    `did` is what they did there."""

    said: str
    url: str = ""
    short_id: str = ""
    title: str = ""
    next: str = "Link your account"
    did: str = "pressed something"


EXAMPLE = Facts(
    said="Tocsin does not know who you are here. Link this account to your own once, then press again.",
    url="https://tocsin.example/extensions/slack/link-identity/example/",
    short_id="SHOP-12",
)


def render(facts: Facts) -> Message:
    unchanged = f"{facts.short_id} was not changed" if facts.short_id else "Nothing was changed"
    title = facts.title or unchanged
    return Message(
        heading="Answer",
        title=title,
        link=facts.url,
        severity=Severity.INFO,
        summary=f"{title}. {facts.said}",
        blocks=(Paragraph(facts.said),),
        actions=(Link(facts.next, facts.url),) if facts.url else (),
        reason=f"You are told because you {facts.did} there; only you see this.",
    )


NOTIFICATION_KIND = NotificationKind(
    slug="chat_answer",
    name="Answer in a chat",
    category="answer",
    facts=Facts,
    render=render,
    example=EXAMPLE,
    secret=("url",),
)

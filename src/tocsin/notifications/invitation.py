"""Somebody is invited into an organization: the link that lets them in."""

from dataclasses import dataclass

from tocsin.core.message import Link, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind


@dataclass(frozen=True, slots=True)
class Facts:
    """`url` is where invitations are accepted, with its slash; `token` makes the link that only the invited get."""

    organization: str
    inviter: str
    email: str
    role: str
    url: str
    token: str
    days: int


EXAMPLE = Facts(
    organization="Acme",
    inviter="Ana Ahn",
    email="ben@example.org",
    role="member",
    url="https://tocsin.example/invitations/",
    token="q1w2e3",  # noqa: S106 — an example
    days=7,
)


def render(facts: Facts) -> Message:
    link = f"{facts.url}{facts.token}/"
    by = f" by {facts.inviter}" if facts.inviter else ""
    title = f"You are invited to {facts.organization}"
    return Message(
        heading="Invitation",
        title=title,
        link=link,
        severity=Severity.INFO,
        summary=title,
        blocks=(
            Paragraph(f"You were invited{by} to hear of the errors of {facts.organization}, as {facts.role}."),
            Paragraph(f"The link works once, within {facts.days} days. If you know nothing of this, leave it."),
        ),
        actions=(Link("Accept the invitation", link),),
        reason="You are told because somebody gave this address as yours.",
    )


NOTIFICATION_KIND = NotificationKind(
    slug="invitation",
    name="Invitation",
    category="account",
    facts=Facts,
    render=render,
    example=EXAMPLE,
    secret=("token",),
)

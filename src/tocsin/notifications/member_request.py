"""Somebody asks to join an organization, or a member asks that somebody be invited: whoever may decide is told."""

from dataclasses import dataclass

from tocsin.core.message import Block, Fields, Link, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind


@dataclass(frozen=True, slots=True)
class Facts:
    """`kind` is join or invite; `url` is where it is decided."""

    organization: str
    kind: str
    email: str
    name: str
    role: str
    asked_by: str
    url: str
    settings_url: str
    reason: str = ""


EXAMPLE = Facts(
    organization="Acme",
    kind="invite",
    email="ben@example.org",
    name="Ben Ode",
    role="member",
    asked_by="Ana Ahn",
    url="https://tocsin.example/acme/members/",
    settings_url="https://tocsin.example/settings/notifications/",
    reason="you may decide about this",
)


def render(facts: Facts) -> Message:
    who = facts.name or facts.email
    is_join = facts.kind == "join"
    asks = f"{who} asks to join" if is_join else f"{facts.asked_by or 'A member'} asks to invite {who} to"
    title = f"{asks} {facts.organization}"
    return Message(
        heading="Join request" if is_join else "Invite request",
        title=title,
        link=facts.url,
        severity=Severity.INFO,
        summary=title,
        blocks=_blocks(facts),
        actions=(Link("Approve or reject", facts.url),),
        footer=(Link("Notification settings", facts.settings_url),),
        reason=f"You are told because {facts.reason}." if facts.reason else "",
    )


def _blocks(facts: Facts) -> tuple[Block, ...]:
    known = (("Address", facts.email), ("Role", facts.role))
    return (Paragraph("Nobody is let in until somebody who may says so."), Fields(known))


NOTIFICATION_KIND = NotificationKind(
    slug="member_request",
    name="Member request",
    category="approval",
    facts=Facts,
    render=render,
    example=EXAMPLE,
)

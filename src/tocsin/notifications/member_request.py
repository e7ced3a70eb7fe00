"""Somebody asks to join an organization, or a member asks that somebody be invited: whoever may decide is told, and
what was decided stands in the same message from then on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tocsin.core.member_acts import CONTROLS
from tocsin.core.message import Block, Fields, Link, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind
from tocsin.core.subjects import AboutRequest

WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Facts:
    """`kind` is join or invite; `url` is where it is decided. `state` is waiting, approved or rejected,
    `decided_by` whom, in words. `request_id` is 0 in facts from before it could be decided in the message itself.
    """

    organization: str
    kind: str
    email: str
    name: str
    role: str
    asked_by: str
    url: str
    settings_url: str
    reason: str = ""
    request_id: int = 0
    state: str = WAITING
    decided_by: str = ""


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
    request_id=7,
)


def render(facts: Facts) -> Message:
    is_waiting = facts.state == WAITING
    title = _asked(facts) if is_waiting else _decided(facts)
    return Message(
        heading=_heading(facts),
        title=title,
        link=facts.url,
        severity=Severity.INFO,
        summary=title,
        blocks=tuple(_blocks(facts)),
        actions=(Link("Approve or reject" if is_waiting else "Members and requests", facts.url),),
        footer=(Link("Notification settings", facts.settings_url),),
        reason=f"You are told because {facts.reason}." if facts.reason else "",
        controls=CONTROLS if is_waiting else (),
        about=AboutRequest(facts.request_id) if facts.request_id else None,
        settled=not is_waiting,
    )


def decided(facts: Facts, state: str, by: str) -> Facts:
    """The same message once somebody has decided."""
    return replace(facts, state=state, decided_by=by)


def _heading(facts: Facts) -> str:
    return "Join request" if facts.kind == "join" else "Invite request"


def _asked(facts: Facts) -> str:
    who = facts.name or facts.email
    asks = f"{who} asks to join"
    if facts.kind != "join":
        asks = f"{facts.asked_by or 'A member'} asks to invite {who} to"
    return f"{asks} {facts.organization}"


def _decided(facts: Facts) -> str:
    return f"{_heading(facts)} for {facts.email}: {facts.state} by {facts.decided_by or 'somebody'}"


def _blocks(facts: Facts) -> Iterator[Block]:
    if facts.state == WAITING:
        yield Paragraph("Nobody is let in until somebody who may says so.")
    yield Fields((("Address", facts.email), ("Role", facts.role)))


NOTIFICATION_KIND = NotificationKind(
    slug="member_request",
    name="Member request",
    category="approval",
    facts=Facts,
    render=render,
    example=EXAMPLE,
)

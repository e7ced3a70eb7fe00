"""A person wants another address: the new one is asked whether it is theirs, the old one is told."""

from dataclasses import dataclass

from tocsin.core.message import Link, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind

MISTAKE = "If you did not ask for this, do nothing: nothing changes."


@dataclass(frozen=True, slots=True)
class Facts:
    """`token` makes the link that only the new address gets; with "" it is the old address that is told.

    `url` is the page of a person's account, with its slash.
    """

    person: str
    old: str
    new: str
    url: str
    token: str = ""


EXAMPLE = Facts(
    person="Ana",
    old="ana@example.com",
    new="ana@example.org",
    url="https://tocsin.example/settings/account/",
    token="q1w2e3",  # noqa: S106 — an example
)


def render(facts: Facts) -> Message:
    return _question(facts) if facts.token else _notice(facts)


def _question(facts: Facts) -> Message:
    link = f"{facts.url}address/{facts.token}/"
    title = f"Is {facts.new} your address?"
    return Message(
        heading="Confirm your address",
        title=title,
        link=link,
        severity=Severity.INFO,
        summary=title,
        blocks=(
            Paragraph(f"Alerts for {facts.person} are to reach {facts.new} in the place of {facts.old}."),
            Paragraph(f"The link works once, within 24 hours, where you are signed in. {MISTAKE}"),
        ),
        actions=(Link("Yes, it is mine", link),),
        reason="You are told because somebody gave this address as theirs.",
    )


def _notice(facts: Facts) -> Message:
    title = f"Your address is to become {facts.new}"
    return Message(
        heading="Change of address",
        title=title,
        link=facts.url,
        severity=Severity.WARNING,
        summary=title,
        blocks=(
            Paragraph(f"Once {facts.new} is confirmed, {facts.person} signs in with it and alerts go there."),
            Paragraph("If that was not you, choose a new password now: it ends the change and every session."),
        ),
        actions=(Link("Your account", facts.url),),
        reason="You are told because it is your address until then.",
    )


NOTIFICATION_KIND = NotificationKind(
    slug="address_change",
    name="Change of address",
    category="account",
    facts=Facts,
    render=render,
    example=EXAMPLE,
    secret=("token",),
)

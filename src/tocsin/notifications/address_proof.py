"""A person gave a further address: it is asked whether it is theirs, before any alert goes there."""

from dataclasses import dataclass

from tocsin.core.message import Link, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind


@dataclass(frozen=True, slots=True)
class Facts:
    """`token` makes the link that only the address gets; `url` is the page of a person's addresses."""

    person: str
    email: str
    url: str
    token: str


EXAMPLE = Facts(
    person="Ana",
    email="ana@shop.example",
    url="https://tocsin.example/settings/account/addresses/",
    token="q1w2e3",  # noqa: S106 — an example
)


def render(facts: Facts) -> Message:
    link = f"{facts.url}proof/{facts.token}/"
    title = f"Is {facts.email} yours too?"
    return Message(
        heading="Confirm your address",
        title=title,
        link=link,
        severity=Severity.INFO,
        summary=title,
        blocks=(
            Paragraph(f"{facts.person} wants to send the mail of some projects to {facts.email}."),
            Paragraph(
                "The link works within 24 hours, where you are signed in. "
                "If you did not ask for this, do nothing: nothing is sent here."
            ),
        ),
        actions=(Link("Yes, it is mine", link),),
        reason="You are told because somebody gave this address as theirs.",
    )


NOTIFICATION_KIND = NotificationKind(
    slug="address_proof",
    name="A further address",
    category="account",
    facts=Facts,
    render=render,
    example=EXAMPLE,
    secret=("token",),
)

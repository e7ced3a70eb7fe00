"""What a link to this instance leads to, shown below the message in which somebody shared it; or the question who
they are, for them alone.
"""

from dataclasses import dataclass

from tocsin.core.acts import IGNORE
from tocsin.core.message import Card, Link, Message, Paragraph, Press, Severity
from tocsin.core.registry import NotificationKind

ASKED = (
    "Links to Tocsin show what they lead to, once you say who you are there. You need not: the link works anyway."
)
TAKEN_BACK = "The question who shared a link was taken back, as they wanted."


@dataclass(frozen=True, slots=True)
class Facts:
    """`cards` is what the links lead to, as it stood when they were shared. Without any, the person is asked who
    they are, with `url` for the answer; without that either, the question is taken back."""

    cards: tuple[Card, ...] = ()
    url: str = ""


EXAMPLE = Facts(
    cards=(
        Card(
            shared="https://tocsin.example/acme/issues/12/?referrer=chat",
            what="Issue",
            title=Link("ZeroDivisionError: division by zero", "https://tocsin.example/acme/issues/12/"),
            where="SHOP-12 in shop",
            severity=Severity.ERROR,
            code="shop.cart in total",
            items=(
                ("State", "Unresolved, new"),
                ("Events", "3"),
                ("Users", "2"),
                ("Assigned to", "Ana"),
                ("As of", "21 Nov 2026, 09:00 UTC"),
            ),
        ),
    )
)


def render(facts: Facts) -> Message:
    return _shown(facts.cards) if facts.cards else _question(facts.url)


def _shown(cards: tuple[Card, ...]) -> Message:
    first = cards[0]
    more = f" and {len(cards) - 1} more" if len(cards) > 1 else ""
    return Message(
        heading="Link preview",
        title=f"{first.title.label}{more}",
        link=first.title.url,
        severity=first.severity,
        summary=f"{first.what} {first.where}: {first.title.label}{more}",
        blocks=cards,
        reason="You are told because somebody shared a link there who may read it.",
    )


def _question(url: str) -> Message:
    title = "Who are you in Tocsin?" if url else "A question is taken back"
    said = ASKED if url else TAKEN_BACK
    return Message(
        heading="Link preview",
        title=title,
        link=url,
        severity=Severity.INFO,
        summary=f"{title} {said}",
        blocks=(Paragraph(said),),
        actions=(Link("Link your account", url),) if url else (),
        controls=(Press("Ignore", IGNORE),) if url else (),
        reason="You are told because you shared a link; only you see this.",
    )


NOTIFICATION_KIND = NotificationKind(
    slug="chat_preview",
    name="Link preview in a chat",
    category="answer",
    facts=Facts,
    render=render,
    example=EXAMPLE,
    secret=("url",),
)

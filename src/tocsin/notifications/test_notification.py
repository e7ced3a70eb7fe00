"""Someone asked whether a message arrives."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tocsin.core.message import Fields, Link, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind


@dataclass(frozen=True, slots=True)
class Facts:
    """`where` is the destination in a few words, `asked_at` ISO 8601, `url` the page that it was asked on."""

    organization: str
    asked_by: str
    where: str
    asked_at: str
    url: str


EXAMPLE = Facts(
    organization="acme",
    asked_by="Ana",
    where="#ops",
    asked_at="2026-11-21T09:00:00+00:00",
    url="https://tocsin.example/acme/integrations/",
)


def render(facts: Facts) -> Message:
    title = f"{facts.organization} can reach {facts.where}"
    return Message(
        heading="Test notification",
        title=title,
        link=facts.url,
        severity=Severity.INFO,
        summary=f"Test notification: {title}",
        blocks=(
            Paragraph("Nothing is wrong: this only shows that messages arrive here."),
            Fields((("Asked by", facts.asked_by), ("Asked at", _moment(facts.asked_at))), minor=True),
        ),
        footer=(Link("Integrations", facts.url),),
        reason=f"You are told because {facts.asked_by} asked for a test.",
    )


def _moment(iso: str) -> str:
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return moment.astimezone(UTC).strftime("%-d %b %Y, %H:%M:%S UTC")


NOTIFICATION_KIND = NotificationKind(
    slug="test_notification",
    name="Test notification",
    category="test",
    facts=Facts,
    render=render,
    example=EXAMPLE,
)

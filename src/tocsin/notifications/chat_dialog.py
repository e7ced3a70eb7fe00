"""A dialog that somebody asked for by a press: what else they want to say of the issue."""

from dataclasses import dataclass

from tocsin.core.acts import ARCHIVE_DIALOG
from tocsin.core.dialogs import dialog
from tocsin.core.message import Message, Severity
from tocsin.core.registry import NotificationKind
from tocsin.core.subjects import AboutIssue


@dataclass(frozen=True, slots=True)
class Facts:
    """`name` is the dialog's (core.dialogs), the rest the issue's."""

    name: str
    issue_id: int
    short_id: str
    title: str
    link: str
    has_releases: bool = False


EXAMPLE = Facts(
    name=ARCHIVE_DIALOG,
    issue_id=12,
    short_id="SHOP-12",
    title="ZeroDivisionError: division by zero",
    link="https://tocsin.example/acme/issues/12/",
)


def render(facts: Facts) -> Message:
    about, subject = AboutIssue(facts.issue_id), f"{facts.short_id} {facts.title}"
    asked = dialog(facts.name, about, subject, has_releases=facts.has_releases)
    title = asked.title if asked else "Nothing to ask"
    return Message(
        heading="Dialog",
        title=f"{title}: {facts.short_id}",
        link=facts.link,
        severity=Severity.INFO,
        summary=f"{title}: {facts.short_id}",
        reason="You are told because you pressed something there; only you see this.",
        dialog=asked,
    )


NOTIFICATION_KIND = NotificationKind(
    slug="chat_dialog",
    name="Dialog in a chat",
    category="answer",
    facts=Facts,
    render=render,
    example=EXAMPLE,
)

"""A key reached its limit, and events of its project were refused."""

from dataclasses import dataclass
from datetime import date

from tocsin.core.message import Fields, Link, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind


@dataclass(frozen=True, slots=True)
class RefusedKey:
    """So many events of a key were refused; its limit is `most` events in `seconds`."""

    label: str
    count: int
    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Facts:
    """`day` (ISO, UTC) is counted from until this was written."""

    organization: str
    project: str
    project_url: str
    day: str
    keys: tuple[RefusedKey, ...]
    settings_url: str
    reason: str = ""


EXAMPLE = Facts(
    organization="acme",
    project="shop",
    project_url="https://tocsin.example/acme/projects/shop/",
    day="2026-11-21",
    keys=(RefusedKey("Default", 1_204, 100, 60), RefusedKey("Worker", 12, 10, 1)),
    settings_url="https://tocsin.example/settings/notifications/",
    reason="you manage this organization, or chose to hear of limits",
)


def render(facts: Facts) -> Message:
    refused = sum(one.count for one in facts.keys)
    were = "was" if refused == 1 else "were"
    title = f"{_counted(refused, 'event')} of {facts.project} {were} refused"
    day = date.fromisoformat(facts.day)
    return Message(
        heading="Limit reached",
        title=title,
        link=facts.project_url,
        severity=Severity.WARNING,
        summary=f"{title}: {_names(facts.keys)} reached the limit",
        blocks=(
            Paragraph(
                "More events came than the limit of a key lets through. What is refused is lost; SDKs are told how "
                "long to wait."
            ),
            Fields(tuple((one.label, _row(one)) for one in facts.keys)),
            Paragraph(
                f"Counted so far on {day.day} {day:%B %Y}, UTC. A project's refused events are told once a day."
            ),
        ),
        actions=(Link("See the project's keys", facts.project_url),),
        footer=(Link("Notification settings", facts.settings_url),),
        reason=f"You are told because {facts.reason}." if facts.reason else "",
        project=facts.project,
    )


def _names(keys: tuple[RefusedKey, ...]) -> str:
    return ", ".join(one.label for one in keys)


def _row(one: RefusedKey) -> str:
    limit = f"{_counted(one.most, 'event')} in {_counted(one.seconds, 'second')}"
    return f"{one.count:,} refused; the limit is {limit}"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


NOTIFICATION_KIND = NotificationKind(
    slug="quota",
    name="Limit reached",
    category="quota",
    facts=Facts,
    render=render,
    example=EXAMPLE,
)

"""What a message about an issue's activity is made of; each kind adds its own words (behaviour §1.3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tocsin.core.issue import Happening
from tocsin.core.message import Block, Link, Message, Paragraph, Severity
from tocsin.core.registry import Concern, NotificationKind

PRODUCT = "Tocsin"


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """The snapshot taken when it happened. `author` is who did it, "" for the product itself; `data` is the
    activity's own, as on the timeline. `reason` says why this recipient is told."""

    organization: str
    project: str
    project_url: str
    issue_id: int
    short_id: str
    issue_url: str
    title: str
    culprit: str
    level: str
    settings_url: str
    author: str = ""
    author_id: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    def by(self) -> str:
        """Who did it, as the subject of a sentence."""
        return self.author or PRODUCT

    def text(self, name: str) -> str:
        """One value of the activity's data as text; "" for none."""
        value = self.data.get(name)
        return "" if value is None else str(value)


def example(**columns: Any) -> ActivityFacts:
    """Facts for galleries and tests."""
    usual: dict[str, Any] = {
        "organization": "acme",
        "project": "shop",
        "project_url": "https://tocsin.example/acme/projects/shop/",
        "issue_id": 12,
        "short_id": "SHOP-12",
        "issue_url": "https://tocsin.example/acme/issues/12/",
        "title": "ZeroDivisionError: division by zero",
        "culprit": "shop.cart in total",
        "level": "error",
        "settings_url": "https://tocsin.example/settings/notifications/",
        "author": "Ana Ahn",
        "author_id": 7,
        "reason": "you follow this issue",
    }
    return ActivityFacts(**{**usual, **columns})


def nothing_more(facts: ActivityFacts) -> tuple[Block, ...]:
    """For activities whose sentence says it all."""
    del facts
    return ()


def kind(  # noqa: PLR0913 — a kind is its columns
    slug: str,
    name: str,
    happening: Happening,
    sentence: Callable[[ActivityFacts], str],
    example: ActivityFacts,
    *,
    blocks: Callable[[ActivityFacts], tuple[Block, ...]] = nothing_more,
) -> NotificationKind:
    """A kind of activity that concerns who follows the issue and is said in the threads of its alerts."""

    def render(facts: ActivityFacts) -> Message:
        return _message(name, sentence(facts), facts, blocks(facts))

    def brief(facts: ActivityFacts) -> Message:
        return _brief(name, sentence(facts), facts, blocks(facts))

    return NotificationKind(
        slug=slug,
        name=name,
        category="workflow",
        facts=ActivityFacts,
        render=render,
        example=example,
        happening=happening,
        concerns=Concern.FOLLOWERS,
        brief=brief,
    )


def _message(heading: str, said: str, facts: ActivityFacts, blocks: tuple[Block, ...]) -> Message:
    return Message(
        heading=heading,
        title=facts.title,
        subtitle=facts.culprit,
        link=facts.issue_url,
        severity=severity(facts.level),
        summary=f"[{facts.project}] {said}: {facts.title}",
        blocks=(Paragraph(f"{said}."), *blocks),
        actions=(Link("View issue", facts.issue_url),),
        footer=(
            Link(f"Project {facts.project}", facts.project_url),
            Link(facts.short_id, facts.issue_url),
            Link("Notification settings", facts.settings_url),
        ),
        reason=f"You are told because {facts.reason}." if facts.reason else "",
        project=facts.project,
        short_id=facts.short_id,
    )


def _brief(heading: str, said: str, facts: ActivityFacts, blocks: tuple[Block, ...]) -> Message:
    """What is said in a thread, below the alert that has everything else."""
    return Message(
        heading=heading,
        title=said,
        link=facts.issue_url,
        severity=severity(facts.level),
        summary=f"{facts.short_id}: {said}",
        blocks=blocks,
        project=facts.project,
        short_id=facts.short_id,
    )


def severity(level: str) -> Severity:
    """A level as messages have it; an unknown one is an error's."""
    try:
        return Severity(level)
    except ValueError:
        return Severity.ERROR


def moment(iso: str) -> str:
    """A time as people write it; what is no time stays as it is."""
    try:
        found = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return found.astimezone(UTC).strftime("%-d %b %Y, %H:%M UTC")


def version(text: str) -> str:
    """A release as people read it: without its package, a hash shortened."""
    short = text.rpartition("@")[2] or text
    is_hash = len(short) >= 32 and all(letter in "0123456789abcdef" for letter in short)
    return short[:12] if is_hash else short

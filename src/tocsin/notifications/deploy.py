"""A release was deployed."""

from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.core.activity import version
from tocsin.core.issue import Happening
from tocsin.core.message import Block, Fields, Link, Message, Paragraph, Severity
from tocsin.core.registry import Concern, NotificationKind

PROJECTS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CommitFacts:
    key: str
    subject: str
    author: str


@dataclass(frozen=True, slots=True)
class Facts:
    """`projects` are (slug, URL of the release there); `commits` the latest few; the counts are of all of them."""

    organization: str
    version: str
    environment: str
    release_url: str
    projects: tuple[tuple[str, str], ...]
    settings_url: str
    commits: tuple[CommitFacts, ...] = ()
    commit_count: int = 0
    author_count: int = 0
    url: str = ""
    name: str = ""
    reason: str = ""


def render(facts: Facts) -> Message:
    short = version(facts.version)
    return Message(
        heading="Deploy",
        title=f"Deployed {short} to {facts.environment}",
        link=facts.release_url,
        severity=Severity.INFO,
        summary=f"Deployed {short} to {facts.environment}",
        blocks=tuple(_blocks(facts)),
        actions=tuple(Link(f"Release in {slug}", url) for slug, url in facts.projects[:PROJECTS_SHOWN]),
        footer=(Link("Notification settings", facts.settings_url),),
        reason=f"You are told because {facts.reason}." if facts.reason else "",
    )


def _blocks(facts: Facts) -> Iterator[Block]:
    many = len(facts.projects) != 1
    yield Paragraph(f"{version(facts.version)} was deployed to {facts.environment} for {_these(many, facts)}.")
    if facts.commits:
        lines = (f"{one.key[:12]}  {one.subject} — {one.author}" for one in facts.commits)
        yield Paragraph("\n".join(lines))
    if facts.commit_count:
        counted = (("Commits", f"{facts.commit_count:,}"), ("Authors", f"{facts.author_count:,}"))
        yield Fields(counted, minor=True)


def _these(many: bool, facts: Facts) -> str:
    names = ", ".join(slug for slug, _ in facts.projects[:PROJECTS_SHOWN])
    return f"the projects {names}" if many and names else f"the project {names}" if names else "no project"


EXAMPLE = Facts(
    organization="acme",
    version="shop@1.4.3",
    environment="production",
    release_url="https://tocsin.example/acme/releases/shop@1.4.3/",
    projects=(("shop", "https://tocsin.example/acme/releases/shop@1.4.3/?project=shop"),),
    settings_url="https://tocsin.example/settings/notifications/",
    commits=(CommitFacts("7e2d1fa93c55", "Gift cards have no discount code", "Ana Ahn"),),
    commit_count=3,
    author_count=2,
    reason="you have a commit in this release",
)

NOTIFICATION_KIND = NotificationKind(
    slug="deploy",
    name="Deploy",
    category="deploy",
    facts=Facts,
    render=render,
    example=EXAMPLE,
    happening=Happening.DEPLOY,
    concerns=Concern.COMMITTERS,
)

"""An alert rule fired for an issue."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tocsin.core.acts import OPEN, Now, controls
from tocsin.core.message import Block, Code, Fields, Link, Message, Note, Paragraph, Severity
from tocsin.core.registry import NotificationKind
from tocsin.core.subjects import AboutIssue
from tocsin.core.suspects import SuspectCommit

HEADINGS = {"new": "New issue", "regressed": "Regressed issue", "escalating": "Escalating issue"}
RULES_SHOWN = SUGGESTED = 3
# With more rules than these the small print would be too much for some services; each rule's page offers it.
SNOOZES_OFFERED = 2
SUSPECT = "Suspect commit"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class RuleFacts:
    id: int
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class SnoozedRule:
    """A rule that fired too, and that the reader has snoozed: until a time (ISO 8601 UTC; "" for until they wake
    it), for a reason that they gave, or none."""

    label: str
    until: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The snapshot taken when the rule fired; what is sent an hour later is still what fired then.

    `substatus` is new, regressed, ongoing or escalating; times are ISO 8601 UTC; `stack` is a few lines
    of text, innermost call first, already cut. `reason` says why this recipient is told; `happened` is
    what was done to the issue where no event brought the alert ("Assigned"), `said` the sentence for it. `now` is
    how the issue stands: the one thing that a rewritten message says anew. `is_personal`: one person reads it, who
    can snooze its rules for themselves; `snoozed` are those of the rules that fired which they have. `suggested`
    names who may take it: a suspect commit's author, and the people and teams that own the code. `suspect` is that
    commit; `release_url` leads to the release's page.
    """

    organization: str
    project: str
    project_url: str
    issue_id: int
    short_id: str
    issue_url: str
    title: str
    culprit: str
    level: str
    substatus: str
    environment: str
    release: str
    event_id: str
    message: str
    stack: str
    tags: tuple[tuple[str, str], ...]
    times_seen: int
    users_seen: int
    first_seen: str
    rules: tuple[RuleFacts, ...]
    settings_url: str
    reason: str = ""
    notes: str = ""
    show_tags: tuple[str, ...] = ()
    happened: str = ""
    said: str = ""
    now: Now = OPEN
    is_personal: bool = False
    snoozed: tuple[SnoozedRule, ...] = ()
    suggested: tuple[str, ...] = ()
    suspect: SuspectCommit | None = None
    release_url: str = ""


EXAMPLE = Facts(
    organization="acme",
    project="shop",
    project_url="https://tocsin.example/acme/shop/",
    issue_id=12,
    short_id="SHOP-12",
    issue_url="https://tocsin.example/acme/issues/12/",
    title="ZeroDivisionError: division by zero",
    culprit="shop.cart in total",
    level="error",
    substatus="new",
    environment="production",
    release="shop@1.4.2",
    event_id="9ac4b5e1f0a34b6e8d1c2b3a4f5e6d7c",
    message="",
    stack="shop/cart.py, line 41, in total\n    return amount / count\n"
    "shop/views.py, line 12, in checkout\n    return render(total(cart))",
    tags=(("browser", "Firefox 144"), ("customer", "gold")),
    times_seen=3,
    users_seen=2,
    first_seen="2026-11-21T09:00:00+00:00",
    rules=(RuleFacts(3, "Tell the owners", "https://tocsin.example/acme/shop/rules/3/"),),
    settings_url="https://tocsin.example/settings/notifications/",
    reason="you own this part of the code",
    is_personal=True,
    snoozed=(SnoozedRule("Checkout", "2026-12-01T09:00:00+00:00", "known, being mended"),),
    suspect=SuspectCommit(
        "3f2a1b9c0d4e5f60718293a4b5c6d7e8f9012345",
        "Ben Ode",
        "Share the total among all",
        "https://github.com/acme/shop/commit/3f2a1b9c0d4e5f60718293a4b5c6d7e8f9012345",
    ),
    release_url="https://tocsin.example/acme/releases/shop%401.4.2/?project=shop",
)


def render(facts: Facts) -> Message:
    return Message(
        heading=facts.happened or HEADINGS.get(facts.substatus, "Issue alert"),
        title=facts.title,
        subtitle=facts.culprit,
        link=facts.issue_url,
        severity=_severity(facts.level),
        summary=_summary(facts),
        blocks=tuple(_blocks(facts)),
        actions=(Link("View issue", facts.issue_url),),
        footer=tuple(_footer(facts)),
        reason=f"You are told because {facts.reason}." if facts.reason else "",
        project=facts.project,
        short_id=facts.short_id,
        details=tuple(tag for tag in facts.tags if tag[0] not in facts.show_tags),
        controls=controls(facts.now) if facts.issue_id else (),
        about=AboutIssue(facts.issue_id) if facts.issue_id else None,
        done=facts.now.done,
        settled=not facts.now.is_open,
    )


def as_it_stands(facts: Facts, now: Now) -> Facts:
    """The same alert about an issue that has changed since."""
    return replace(facts, now=now)


def _severity(level: str) -> Severity:
    try:
        return Severity(level)
    except ValueError:
        return Severity.ERROR


def _summary(facts: Facts) -> str:
    if facts.said:
        return f"[{facts.project}] {facts.said}: {facts.title}"
    said = f": {facts.message}" if facts.message else ""
    return f"[{facts.project}] {facts.title}{said}"


def _blocks(facts: Facts) -> Iterator[Block]:
    if facts.said:
        yield Paragraph(f"{facts.said}.")
    if facts.message and facts.message not in facts.title:
        yield Paragraph(facts.message)
    if facts.stack:
        yield Code(facts.stack)
    chosen = tuple((name, value) for name, value in facts.tags if name in facts.show_tags)
    if chosen:
        yield Fields(chosen, links=_to_release(facts, chosen))
    if minor := tuple(_minor(facts)):
        yield Fields(minor, minor=True, links=_to_release(facts, minor))
    if facts.suspect:
        yield Fields(((SUSPECT, str(facts.suspect)),), minor=True, links=(Link(SUSPECT, facts.suspect.url),))
    if facts.notes:
        yield Note(facts.notes)


def _to_release(facts: Facts, items: tuple[tuple[str, str], ...]) -> tuple[Link, ...]:
    if not facts.release_url:
        return ()
    released = {("release", facts.release), ("Release", facts.release)}
    return tuple(Link(item[0], facts.release_url) for item in items if item in released)


def _minor(facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.environment and "environment" not in facts.show_tags:
        yield "Environment", facts.environment
    if facts.release and "release" not in facts.show_tags:
        yield "Release", facts.release
    # "1 event" says nothing that the alert itself doesn't.
    if facts.times_seen > 1:
        yield "Events", f"{facts.times_seen:,}"
    if facts.users_seen > 1:
        yield "Users", f"{facts.users_seen:,}"
    yield "First seen", _moment(facts.first_seen)
    if suggested := _suggested(facts):
        yield "Suggested", suggested
    if facts.snoozed:
        yield "Fired too, snoozed for you", "; ".join(_snoozed(one) for one in facts.snoozed)


def _suggested(facts: Facts) -> str:
    """Who may take an issue that is open, but for whoever has it."""
    others = [name for name in facts.suggested if name != facts.now.assignee] if facts.now.is_open else []
    more = f" and {len(others) - SUGGESTED} more" if len(others) > SUGGESTED else ""
    return ", ".join(others[:SUGGESTED]) + more


def _snoozed(one: SnoozedRule) -> str:
    until = f"until {_moment(one.until)}" if one.until else "until you wake it"
    return f"{one.label}, {until}{f' ({one.reason})' if one.reason else ''}"


def _moment(iso: str) -> str:
    """A time as people write it; what is no time stays as it is."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    at = moment.astimezone(UTC)
    # Not strftime: it asks the locale, and takes three times as long for each alert.
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at.hour:02}:{at.minute:02} UTC"


def _footer(facts: Facts) -> Iterator[Link]:
    yield Link(f"Project {facts.project}", facts.project_url)
    for rule in facts.rules[:RULES_SHOWN]:
        yield Link(f"Alert rule {rule.label}", rule.url)
        if facts.is_personal and len(facts.rules) <= SNOOZES_OFFERED:
            yield Link("Snooze this rule", f"{rule.url}?snooze=1")
    if (more := len(facts.rules) - RULES_SHOWN) > 0:
        yield Link(f"and {more} more", facts.issue_url)
    yield Link(facts.short_id, facts.issue_url)
    if facts.reason:
        yield Link("Notification settings", facts.settings_url)


NOTIFICATION_KIND = NotificationKind(
    slug="issue_alert",
    name="Issue alert",
    category="alerts",
    facts=Facts,
    render=render,
    example=EXAMPLE,
    as_it_stands=as_it_stands,
)

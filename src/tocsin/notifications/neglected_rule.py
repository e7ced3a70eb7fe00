"""Alert rules that have long not fired will be switched off."""

from dataclasses import dataclass
from datetime import date

from tocsin.core.message import Link, Listing, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind


@dataclass(frozen=True, slots=True)
class SilentRule:
    """A rule that has not fired since a day (`fired`; else it never did, and was made or changed then), and the day
    when it will be switched off; ISO, UTC."""

    label: str
    url: str
    since: str
    off: str
    fired: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """`project` is "" for rules of all projects, `url` where its rules are; of `more` rules nothing else is said.
    `is_last`: nothing more is said before they are switched off."""

    organization: str
    project: str
    url: str
    rules: tuple[SilentRule, ...]
    settings_url: str
    more: int = 0
    is_last: bool = False
    reason: str = ""


EXAMPLE = Facts(
    organization="acme",
    project="shop",
    url="https://tocsin.example/acme/projects/shop/rules/",
    rules=(
        SilentRule(
            "Gateway down", "https://tocsin.example/acme/projects/shop/rules/3/#silent", "2026-08-20", "2026-12-19"
        ),
        SilentRule(
            "Checkout fails often",
            "https://tocsin.example/acme/projects/shop/rules/5/#silent",
            "2026-08-12",
            "2026-12-19",
            fired=True,
        ),
    ),
    settings_url="https://tocsin.example/settings/notifications/",
    reason="an alert rule of yours does not fire",
)


def render(facts: Facts) -> Message:
    count = len(facts.rules) + facts.more
    place = f"[{facts.project or facts.organization}] "
    title = _title(facts.rules, count)
    return Message(
        heading="Silent alert rule" if count == 1 else "Silent alert rules",
        title=title,
        link=_link(facts),
        severity=Severity.WARNING if facts.is_last else Severity.INFO,
        summary=f"{place}{title}",
        blocks=(*(_listed(one) for one in facts.rules), *_more(facts), Paragraph(_said(facts, count))),
        actions=(Link("Keep it" if count == 1 else "See the rules", _link(facts)),),
        footer=(Link("Notification settings", facts.settings_url),),
        reason=f"You are told because {facts.reason}." if facts.reason else "",
        project=facts.project,
    )


def _title(rules: tuple[SilentRule, ...], count: int) -> str:
    if count == 1:
        return f"“{rules[0].label}” will be switched off on {_day(rules[0].off)}"
    return f"{count} alert rules will be switched off"


def _link(facts: Facts) -> str:
    return facts.rules[0].url if len(facts.rules) == 1 and not facts.more else facts.url


def _listed(one: SilentRule) -> Listing:
    since = f"Last fired on {_day(one.since)}" if one.fired else f"Has not fired since {_day(one.since)}"
    return Listing(Link(one.label, one.url), f"{since}; will be switched off on {_day(one.off)}.")


def _more(facts: Facts) -> tuple[Paragraph, ...]:
    return (Paragraph(f"And {facts.more} more."),) if facts.more else ()


def _said(facts: Facts, count: int) -> str:
    it, is_, its = ("it", "is", "its") if count == 1 else ("they", "are", "their")
    them = "it" if count == 1 else "them"
    last = " This is the last reminder." if facts.is_last else ""
    return (
        f"Events came, and {it} did not fire. Keep {them}, on {its} page, if {it} {is_} for something rare. "
        f"What is switched off is switched on again by one press.{last}"
    )


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


NOTIFICATION_KIND = NotificationKind(
    slug="neglected_rule",
    name="Silent alert rule",
    category="approval",
    facts=Facts,
    render=render,
    example=EXAMPLE,
)

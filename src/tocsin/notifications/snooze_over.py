"""The snooze of an alert rule is over: its time has come."""

from dataclasses import dataclass

from tocsin.core.message import Fields, Link, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind


@dataclass(frozen=True, slots=True)
class Facts:
    """`project` is "" for a rule of all projects. `for_all`: it did not act at all; else it did not reach who
    snoozed it, and reads this.

    `hid` is how often, `hid_url` where that is listed; `why` what whoever snoozed gave as the reason.
    """

    organization: str
    project: str
    rule: str
    rule_url: str
    for_all: bool
    hid: int
    hid_url: str
    settings_url: str
    why: str = ""
    reason: str = ""


EXAMPLE = Facts(
    organization="acme",
    project="shop",
    rule="Checkout fails often",
    rule_url="https://tocsin.example/acme/projects/shop/rules/5/",
    for_all=False,
    hid=14,
    hid_url="https://tocsin.example/inbox/not-told/",
    settings_url="https://tocsin.example/settings/notifications/",
    why="known, being mended",
    reason="you snoozed this alert rule",
)


def render(facts: Facts) -> Message:
    title = f"“{facts.rule}” {'acts' if facts.for_all else 'reaches you'} again"
    hidden = (Link("What it hid", facts.hid_url),) if facts.hid else ()
    return Message(
        heading="Snooze over",
        title=title,
        link=facts.rule_url,
        severity=Severity.INFO,
        summary=f"[{facts.project or facts.organization}] {title}: its snooze is over",
        blocks=(Paragraph(_hid(facts)), *((Fields((("Snoozed because", facts.why),)),) if facts.why else ())),
        actions=(Link("See the rule", facts.rule_url), *hidden),
        footer=(
            Link("Snooze it again", f"{facts.rule_url}?snooze=1"),
            Link("Notification settings", facts.settings_url),
        ),
        reason=f"You are told because {facts.reason}." if facts.reason else "",
        project=facts.project,
    )


def _hid(facts: Facts) -> str:
    if not facts.hid:
        return "It would not have fired while it was snoozed." if facts.for_all else "Nothing was kept from you."
    times = "once" if facts.hid == 1 else f"{facts.hid:,} times"
    if facts.for_all:
        return f"While it was snoozed for everyone it would have fired {times}."
    return f"While you had it snoozed it fired {times} without telling you."


NOTIFICATION_KIND = NotificationKind(
    slug="snooze_over",
    name="Snooze over",
    category="alerts",
    facts=Facts,
    render=render,
    example=EXAMPLE,
)

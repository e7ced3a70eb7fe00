"""How a person's projects fared last week, and how much of it they were told."""

from dataclasses import dataclass
from datetime import date, timedelta

from tocsin.core.message import Block, Fields, Item, Link, Listing, Message, Paragraph, Severity
from tocsin.core.registry import NotificationKind


@dataclass(frozen=True, slots=True)
class BusyIssue:
    short_id: str
    title: str
    url: str
    events: int


@dataclass(frozen=True, slots=True)
class ProjectWeek:
    """A project's week: events accepted in it and in the week `before`, issues opened, come back and resolved."""

    name: str
    url: str
    events: int = 0
    before: int = 0
    opened: int = 0
    regressed: int = 0
    resolved: int = 0
    busiest: tuple[BusyIssue, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """`monday` is the week's first day (ISO); `projects` are the reader's busiest, of `more` nothing else is said.

    `told` and `untold` are how many messages reached the reader in that week, and did not.
    """

    organization: str
    monday: str
    projects: tuple[ProjectWeek, ...]
    url: str
    untold_url: str
    settings_url: str
    more: int = 0
    told: int = 0
    untold: int = 0
    reason: str = ""


EXAMPLE = Facts(
    organization="Acme",
    monday="2026-11-16",
    projects=(
        ProjectWeek(
            "Shop",
            "https://tocsin.example/acme/projects/shop/",
            12_480,
            9_160,
            opened=4,
            regressed=1,
            resolved=7,
            busiest=(
                BusyIssue(
                    "SHOP-12",
                    "ZeroDivisionError: division by zero",
                    "https://tocsin.example/acme/issues/12/",
                    8_310,
                ),
                BusyIssue(
                    "SHOP-40",
                    "TimeoutError: the payment service did not answer within 30 s",
                    "https://tocsin.example/acme/issues/40/",
                    2_044,
                ),
                BusyIssue("SHOP-7", "KeyError: 'customer_id'", "https://tocsin.example/acme/issues/7/", 1_201),
            ),
        ),
        ProjectWeek(
            "Warehouse",
            "https://tocsin.example/acme/projects/warehouse/",
            310,
            312,
            resolved=2,
            busiest=(
                BusyIssue(
                    "WAREHOUSE-3",
                    "ConnectionResetError: peer closed the connection",
                    "https://tocsin.example/acme/issues/31/",
                    298,
                ),
            ),
        ),
        ProjectWeek("Labels", "https://tocsin.example/acme/projects/labels/", 0, 96),
    ),
    url="https://tocsin.example/acme/issues/",
    untold_url="https://tocsin.example/inbox/not-told/",
    settings_url="https://tocsin.example/settings/notifications/",
    told=14,
    untold=6,
    reason="you are in these projects",
)


def render(facts: Facts) -> Message:
    title = f"{facts.organization}, {_days(facts.monday)}"
    return Message(
        heading="Weekly report",
        title=title,
        link=facts.url,
        severity=Severity.INFO,
        summary=f"{title}: {_in_short(facts)}",
        blocks=tuple(_blocks(facts)),
        actions=(Link("See the issues", facts.url), Link("What you were not told", facts.untold_url)),
        footer=(Link("Notification settings", facts.settings_url),),
        reason=f"You are told because {facts.reason}." if facts.reason else "",
    )


def _days(monday: str) -> str:
    """The week in words: "16 to 22 November 2026"."""
    first = date.fromisoformat(monday)
    last = first + timedelta(days=6)
    year = f" {first.year}" if first.year != last.year else ""
    month = f" {first:%B}{year}" if first.month != last.month else ""
    return f"{first.day}{month} to {last.day} {last:%B} {last.year}"


def _in_short(facts: Facts) -> str:
    events = sum(one.events for one in facts.projects)
    opened = sum(one.opened for one in facts.projects)
    return f"{_counted(events, 'event')}, {_counted(opened, 'new issue')}"


def _blocks(facts: Facts) -> list[Block]:
    several = [_totals(facts.projects)] if len(facts.projects) > 1 else []
    more = [Paragraph(f"And {_counted(facts.more, 'further project')}.")] if facts.more else []
    return [*several, *(_project(one) for one in facts.projects), *more, _hearing(facts)]


def _totals(projects: tuple[ProjectWeek, ...]) -> Fields:
    events, before = sum(one.events for one in projects), sum(one.before for one in projects)
    return Fields(
        (
            ("Events", f"{events:,}, {_change(events, before)}"),
            ("New issues", f"{sum(one.opened for one in projects):,}"),
            ("Came back", f"{sum(one.regressed for one in projects):,}"),
            ("Resolved", f"{sum(one.resolved for one in projects):,}"),
        )
    )


def _project(one: ProjectWeek) -> Listing:
    parts = [f"{_counted(one.events, 'event')}, {_change(one.events, one.before)}"]
    parts += [_counted(one.opened, "new issue")] if one.opened else []
    parts += [f"{one.regressed:,} came back"] if one.regressed else []
    parts += [f"{one.resolved:,} resolved"] if one.resolved else []
    items = tuple(Item(Link(two.title, two.url), f"{two.events:,}", two.short_id) for two in one.busiest)
    return Listing(Link(one.name, one.url), " · ".join(parts), items)


def _hearing(facts: Facts) -> Paragraph:
    told = (
        f"{_counted(facts.told, 'message')} reached you that week"
        if facts.told
        else "No message reached you that week"
    )
    untold = f"of {facts.untold:,} you were not told" if facts.untold else "nothing was kept from you"
    return Paragraph(f"{told}; {untold}.")


def _change(now: int, before: int) -> str:
    """Beside the week before, in words."""
    if not before:
        return "none the week before"
    if not now:
        return f"{before:,} the week before"
    if now >= 10 * before:
        return f"{round(now / before):,} times as many as the week before"
    percent = round(100 * abs(now - before) / before)
    if not percent:
        return "as many as the week before"
    return f"{percent} % {'more' if now > before else 'fewer'} than the week before"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


NOTIFICATION_KIND = NotificationKind(
    slug="weekly_report",
    name="Weekly report",
    category="reports",
    facts=Facts,
    render=render,
    example=EXAMPLE,
)

"""What links to this instance lead to, in a few lines each, for whoever may read an organization's issues."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.core.activity import moment, severity
from tocsin.core.delivery import STATE_WORDS, State
from tocsin.core.escape import without_addresses
from tocsin.core.issue import Status, Substatus
from tocsin.core.message import Card, Link, Severity
from tocsin.core.own_links import DeliveryPage, IssuePage, OwnPage, RulePage
from tocsin.pipeline import links, preview
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.queries import chat_cards as queries
from tocsin.store.queries.chat_cards import EventShown, IssueShown, RuleShown
from tocsin.store.queries.deliveries import Row

STATES = {Status.UNRESOLVED: "Unresolved", Status.RESOLVED: "Resolved", Status.IGNORED: "Archived"}
SUBSTATES = {
    Substatus.NEW: ", new",
    Substatus.REGRESSED: ", came back",
    Substatus.ESCALATING: ", escalating",
    Substatus.UNTIL_ESCALATING: " until it escalates",
    Substatus.UNTIL_CONDITION_MET: " for a while",
    Substatus.FOREVER: " for ever",
}
_BAD = (State.FAILED, State.DEAD)


@dataclass(frozen=True, slots=True)
class Place:
    """The organization whose pages are shown, and when they are looked at."""

    organization_id: int
    slug: str
    now: datetime

    @property
    def as_of(self) -> tuple[str, str]:
        return ("As of", moment(self.now.isoformat()))


def cards(place: Place, asked: Sequence[tuple[str, OwnPage]]) -> tuple[Card, ...]:
    """A card for each link (as it was shared, and its page) to something that is there; four queries at most."""
    pages = {page for _, page in asked}
    known: dict[OwnPage, Card] = {
        **_issues(place, [one for one in pages if isinstance(one, IssuePage)]),
        **_rules(place, [one for one in pages if isinstance(one, RulePage)]),
        **_deliveries(place, [one for one in pages if isinstance(one, DeliveryPage)]),
    }
    return tuple(replace(known[page], shared=shared) for shared, page in asked if page in known)


def _issues(place: Place, pages: Collection[IssuePage]) -> Mapping[OwnPage, Card]:
    """With an event that is kept, as that one tells it; of one that is not, the issue alone."""
    issues = queries.issues(place.organization_id, {one.issue_id for one in pages})
    events = queries.events([(one.issue_id, one.event_id) for one in pages if one.event_id])
    return {
        page: _issue(place, page, issues[page.issue_id], events.get((page.issue_id, page.event_id)))
        for page in pages
        if page.issue_id in issues
    }


def _issue(place: Place, page: IssuePage, found: IssueShown, event: EventShown | None) -> Card:
    query = f"?event={page.event_id}" if event else ""
    return Card(
        shared="",
        what="Event" if event else "Issue",
        title=Link(event.title if event else found.title, links.issue(place.slug, found.id, query)),
        where=f"{'of ' if event else ''}{found.short_id} in {found.project}",
        severity=severity(event.level if event else found.level),
        code=found.culprit,
        items=(*_of_event(event), *_of_issue(found), place.as_of),
        settled=found.status != Status.UNRESOLVED,
    )


def _of_event(event: EventShown | None) -> Iterator[tuple[str, str]]:
    if event is None:
        return
    yield "At", moment(event.timestamp.isoformat())
    if event.environment:
        yield "Environment", event.environment
    if event.release:
        yield "Release", event.release


def _of_issue(found: IssueShown) -> Iterator[tuple[str, str]]:
    yield "State", STATES[Status(found.status)] + SUBSTATES.get(Substatus(found.substatus), "")
    yield "Events", f"{found.times_seen:,}"
    if found.users_seen:
        yield "Users", f"{found.users_seen:,}"
    yield "Assigned to", found.assignee or "nobody"
    yield "First seen", moment(found.first_seen.isoformat())


def _rules(place: Place, pages: Collection[RulePage]) -> Mapping[OwnPage, Card]:
    rules = queries.rules(place.organization_id, {one.rule_id for one in pages})
    return {
        page: _rule(place, page, rules[page.rule_id])
        for page in pages
        if page.rule_id in rules and rules[page.rule_id].project in ("", page.project)
    }


def _rule(place: Place, page: RulePage, found: RuleShown) -> Card:
    is_on = found.status == "active"
    state = "on" if is_on else "off"
    return Card(
        shared="",
        what="Alert rule",
        title=Link(found.label, links.rule(place.slug, page.project, found.id)),
        where=f"of {found.project}" if found.project else "of all projects",
        items=(
            ("State", "snoozed for everyone" if is_on and found.is_snoozed else state),
            ("Environment", found.environment or "all"),
            ("Last fired", moment(found.last_fired.isoformat()) if found.last_fired else "never"),
            place.as_of,
        ),
        settled=not is_on,
    )


def _deliveries(place: Place, pages: Collection[DeliveryPage]) -> Mapping[OwnPage, Card]:
    rows = queries.deliveries(place.organization_id, {one.delivery_id for one in pages})
    found = {page: _delivery(place, rows[page.delivery_id]) for page in pages if page.delivery_id in rows}
    return {page: card for page, card in found.items() if card is not None}


def _delivery(place: Place, row: Row) -> Card | None:
    """What became of a message. To whom it went is not said where that is one person, and of a mail address only
    how it begins: a channel reads it."""
    message = preview.said(row.kind, row.facts, {})
    if message is None:
        return None
    provider = catalogue().providers.get(row.provider)
    name = provider.name if provider else row.provider
    state = State(row.state)
    return Card(
        shared="",
        what="Notification",
        title=Link(without_addresses(message.title), links.delivery(place.slug, row.id)),
        where=f"by {name} to one person" if row.user_id else f"by {name} to {without_addresses(row.label)}",
        severity=Severity.ERROR if state in _BAD else Severity.INFO,
        items=(
            ("About", message.heading),
            ("State", STATE_WORDS[state].lower()),
            ("Decided", moment(row.date_added.isoformat())),
            place.as_of,
        ),
        settled=state is State.SENT,
    )

"""Chat: what people do from a message in a chat service, with the rights that they have here.

Who they are there has to be linked to who they are here, by themselves; nothing is done for a stranger. What cannot
be done is said to that person alone, by the outbox; what was done shows in the messages, see `living`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin.core.acts import DIALOGS, NOBODY, wanted
from tocsin.core.chat_action import ChatAction, Talker
from tocsin.core.commands import InvalidCommandError
from tocsin.core.message import Message
from tocsin.core.people import Account as Known
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.roles import MAY_READ
from tocsin.core.spots import Aside
from tocsin.notifications.chat_answer import NOTIFICATION_KIND, Facts
from tocsin.pipeline import chat_dialog, chat_link, chat_notice, issue_update, outages, spots
from tocsin.pipeline.announce import announce
from tocsin.pipeline.assignment import By
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import environment
from tocsin.pipeline.happened import Happened
from tocsin.store.db import one_transaction
from tocsin.store.queries import chat as queries
from tocsin.store.queries import chat_accounts
from tocsin.store.queries.chat import Found, Workspace
from tocsin.store.writes import chat as writes

__all__ = [
    "Talker",
    "Workspace",
    "act",
    "assignees",
    "forget",
    "is_first",
    "no_access",
    "once",
    "refuse",
    "say",
    "trusted",
    "workspaces",
]

REMEMBERED = timedelta(minutes=10)
GONE = "This issue is not there any more, or belongs to an organization that this workspace is not connected to."
STRANGER = "Tocsin does not know who you are here. Link this account to your own once, then press again."
NO_ACCESS = "Your account has no access to {organization}. If this is the wrong account, unlink it and link yours."
NO_READING = "Your role in {organization} does not include issues."


def workspaces(provider: str, account: str) -> tuple[Workspace, ...]:
    """Where an account of a service is connected: an organization each."""
    return tuple(queries.workspaces(provider, account)) if account else ()


@dataclass(frozen=True, slots=True)
class Trusted:
    """Whether anything known here signed a request, and the connections that may believe it."""

    is_known: bool
    workspaces: tuple[Workspace, ...] = ()


def trusted(provider: str, connected: Sequence[Workspace], signed_by: Callable[[str], bool]) -> Trusted:
    """Who may believe a request of an account.

    A connection's own secret speaks for that connection alone: any organization can say of itself that it is
    connected to an account. The operator's speaks for those without one, whose account the service itself named.
    """
    service, environ = catalogue().providers[provider], environment()
    origin, declared = service.origin, service.settings
    if origin is None:
        return Trusted(is_known=False)
    may = tuple(
        one
        for one in connected
        if origin.believes(declared, queries.settings(one.integration_id), environ, signed_by)
    )
    return Trusted(bool(may) or origin.is_operators(declared, environ, signed_by), may)


@contextmanager
def once(name: str, now: datetime) -> Iterator[bool]:
    """Whether a request of this name comes for the first time; what is done about it is done with that it came, in
    one commit, or not at all."""
    with one_transaction():
        yield writes.first(name, now)


def is_first(name: str, now: datetime) -> bool:
    """The same for what comes within a request."""
    return writes.first(name, now)


def forget(now: datetime) -> int:
    """Requests that are too old to be sent again, and links that are over; how many."""
    with one_transaction():
        return writes.forget(now - REMEMBERED, now - chat_link.LASTS)


def act(actions: Sequence[ChatAction], connected: Sequence[Workspace], now: datetime) -> list[Happened]:
    """Does to issues, one each, what one person asked with one word; what happened, still to be said. Whoever
    cannot is told why. Within a transaction."""
    issues = queries.issues([one.about.id for one in actions], [one.organization_id for one in connected])
    of_each: dict[Workspace, list[tuple[ChatAction, Found]]] = defaultdict(list)
    for one in actions:
        if issue := issues.get(one.about.id):
            of_each[_here(connected, issue)].append((one, issue))
        else:
            refuse(one.talker, connected[0], GONE, now)
    return [happened for here, asked in of_each.items() for happened in _act(here, asked, now)]


def _act(here: Workspace, asked: Sequence[tuple[ChatAction, Found]], now: datetime) -> list[Happened]:
    """What is asked of one organization's issues. Of several that cannot be done together each is tried alone."""
    first, issue = asked[0]
    person = queries.linked(here.integration_id, first.talker.user)
    happened: list[Happened] = []
    why = _refused(person, issue)
    if not why and first.does in DIALOGS:
        for one, found in asked:
            chat_dialog.ask(one, here, found, now)
        return []
    why = why or _done(asked, By(person, first.talker.provider), happened, now)
    if why and len(asked) > 1:
        return [found for one in asked for found in _act(here, [one], now)]
    if why:
        refuse(first.talker, here, why, now, issue.short_id)
    return [] if why else happened


def _refused(person: int | None, issue: Found) -> str:
    """Why somebody may not; "" where they may."""
    if person is None:
        return STRANGER
    role = queries.role(person, issue.organization_id)
    if role is None:
        return NO_ACCESS.format(organization=issue.organization)
    return "" if role in MAY_READ else NO_READING.format(organization=issue.organization)


def _done(asked: Sequence[tuple[ChatAction, Found]], by: By, happened: list[Happened], now: datetime) -> str:
    """Why nothing was done; "" where all was. What is asked until a time counts from the press."""
    first, issue = asked[0]
    try:
        issue_update.update(
            organization_id=issue.organization_id,
            issue_ids=[found.id for _, found in asked],
            wanted=wanted(first.does, first.at),
            by=by,
            now=now,
            gather=happened,
        )
    except InvalidCommandError as error:
        return str(error)
    return ""


def _here(connected: Sequence[Workspace], issue: Found) -> Workspace:
    """The connection of the issue's organization."""
    return next((one for one in connected if one.organization_id == issue.organization_id), connected[0])


def refuse(talker: Talker, here: Workspace, why: str, now: datetime, short_id: str = "") -> None:
    """Tells the person alone why nothing was done, with what they can do about who they are here."""
    url, what = _way_on(talker, here, why, now)
    say(talker, here, Facts(said=why, url=url, short_id=short_id, next=what), now)


def no_access(here: Workspace) -> str:
    """What somebody is told whose account is no member's of the connection's organization."""
    place = queries.place(here.organization_id, here.integration_id)
    return NO_ACCESS.format(organization=place.organization if place else here.name)


def _way_on(talker: Talker, here: Workspace, why: str, now: datetime) -> tuple[str, str]:
    """Where somebody goes who may not, and what that does: a stranger says who they are, a wrong account is
    unlinked; ("", "") for nowhere."""
    if why == STRANGER:
        account = chat_link.Account(here.organization_id, here.integration_id, talker.user, talker.name)
        return chat_link.link_to(account, now), "Link your account"
    linked = chat_accounts.of_account(here.integration_id, talker.user) if why == no_access(here) else None
    return (chat_notice.unlink_url(linked, now), "Unlink this account") if linked else ("", "")


def say(talker: Talker, here: Workspace, facts: Facts, now: datetime) -> None:
    """Tells the person alone, as one delivery like any other."""
    address = spots.address(talker.provider, Aside(talker.answer_to)) if talker.answer_to else None
    if address is None:
        return
    step = Step(f"account:{talker.user}", talker.name, Verdict.ADDED, Reason.ASKED_FOR)
    announce(
        organization_id=here.organization_id,
        kind=NOTIFICATION_KIND.slug,
        facts=facts,
        destinations=[Destination(talker.provider, address, f"@{talker.name}", here.integration_id)],
        trace=[step],
        now=now,
    )


def removed(connected: Sequence[Workspace], why: str, at: float | None, now: datetime) -> None:
    """The account is closed to us: what waits for it is held until somebody connects it again, and whoever can is
    told. `at` is when it happened, in seconds since 1970."""
    happened = now if at is None else min(now, datetime.fromtimestamp(at, UTC))
    outages.withdrawn([one.integration_id for one in connected], why, happened, now)


def home_of(talker: Talker, connected: Sequence[Workspace]) -> Workspace:
    """The connection through which somebody is talked to: one where they are known, if there is any.

    What is written to them is in that organization's ledger, so it tells of no other's issues.
    """
    known = (one for one in connected if queries.linked(one.integration_id, talker.user) is not None)
    return next(known, connected[0])


def write_to(talker: Talker, here: Workspace, channel: str, message: Message, now: datetime) -> None:
    """Answers somebody in their conversation with the app."""
    provider = catalogue().providers[talker.provider]
    if provider.account is None:
        return
    to = Destination(
        talker.provider,
        provider.account(Known(talker.provider, channel, f"@{talker.user}", here.integration_id)),
        f"@{talker.user}",
        here.integration_id,
    )
    said = "\n".join(block.plain() for block in message.blocks)
    facts = Facts(said=said, url=message.actions[0].url if message.actions else "", title=message.title)
    step = Step(f"account:{talker.user}", talker.user, Verdict.ADDED, Reason.ASKED_FOR)
    announce(
        organization_id=here.organization_id,
        kind=NOTIFICATION_KIND.slug,
        facts=facts,
        destinations=[to],
        trace=[step],
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Assignees:
    """Whom an issue can be given to, each as (name, word)."""

    teams: list[tuple[str, str]]
    people: list[tuple[str, str]]


MOST_OFFERED = 100


def _may_act(talker: Talker, connected: Sequence[Workspace], issue: Found) -> bool:
    person = queries.linked(_here(connected, issue).integration_id, talker.user)
    return person is not None and queries.role(person, issue.organization_id) in MAY_READ


def assignees(talker: Talker, connected: Sequence[Workspace], issue_id: int, typed: str) -> Assignees:
    """The teams and people of the issue's project whose names begin a word with what was typed, whatever its case;
    nobody first, where nothing is typed. Nobody at all for somebody who could not give it to them."""
    issue = queries.issue(issue_id, [one.organization_id for one in connected])
    if issue is None or not _may_act(talker, connected, issue):
        return Assignees([], [])
    begins = typed.strip().lstrip("#@").lower()
    teams = [(f"#{slug}", f"team:{pk}") for pk, slug in queries.teams(issue.project_id, begins, MOST_OFFERED)]
    people = [(name, f"user:{pk}") for pk, name in queries.people(issue.project_id, begins, MOST_OFFERED)]
    nobody = [] if begins else [("Nobody", NOBODY)]
    return Assignees(teams[:MOST_OFFERED], (nobody + people)[:MOST_OFFERED])

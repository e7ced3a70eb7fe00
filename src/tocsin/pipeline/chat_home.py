"""The app's home in a chat service: a person's open issues in each organization where they are known.

It is written anew at each visit and at no other time. What one person sees there, of several organizations perhaps,
stands in the ledger of one of them, which shows that it was written and not what.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from tocsin.core.activity import moment
from tocsin.core.chat_action import Talker
from tocsin.core.issue import Substatus
from tocsin.core.lengths import ago
from tocsin.core.message import Item, Link, Listing
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.roles import MAY_READ
from tocsin.core.spots import Home
from tocsin.notifications.chat_home import NOTIFICATION_KIND, Facts
from tocsin.pipeline import chat_link, links, outgoing, spots
from tocsin.pipeline.announce import announce
from tocsin.pipeline.chat import NO_ACCESS, NO_READING, Workspace
from tocsin.pipeline.chat_cards import SUBSTATES
from tocsin.store.db import one_transaction
from tocsin.store.queries import chat as queries
from tocsin.store.queries import chat_cards
from tocsin.store.queries.chat_cards import IssueShown
from tocsin.store.queries.chat_readers import Reader, readers
from tocsin.store.writes import chat as writes

MINE = "?query=is%3Aunresolved+assigned%3Ame"
MOST_SHOWN = 15
MOST_PROJECTS = 5
MOST_LINKS = 5


def publish(talker: Talker, connected: Sequence[Workspace], now: datetime) -> None:
    """Writes the home of whoever looks at it; one that still waits for its turn says what is so now instead."""
    with one_transaction():
        here = readers(connected, talker.user)
        facts = _facts(talker, here, now)
        own = next((one for one in here if one.role in MAY_READ), here[0])
        address = spots.address(talker.provider, Home(talker.user))
        if address is None:
            return
        to = Destination(talker.provider, address, f"the home of @{talker.user}", own.integration_id)
        conversation = f"home:{talker.user}"
        if writes.restate(outgoing.lane_of(to, conversation), conversation, outgoing.text(facts)):
            return
        announce(
            organization_id=own.organization_id,
            kind=NOTIFICATION_KIND.slug,
            facts=facts,
            destinations=[to],
            trace=[Step(f"account:{talker.user}", f"@{talker.user}", Verdict.ADDED, Reason.ASKED_FOR)],
            conversation=conversation,
            now=now,
        )


def _facts(talker: Talker, here: Sequence[Reader], now: datetime) -> Facts:
    strangers = [one for one in here if one.user_id is None]
    return Facts(
        url=links.base(),
        at=moment(now.isoformat()),
        known=len(here) - len(strangers),
        here=tuple(_listing(one, now) for one in here if one.user_id is not None),
        links=tuple(_link(talker, one, now, alone=len(here) == 1) for one in strangers[:MOST_LINKS]),
    )


def _link(talker: Talker, here: Reader, now: datetime, *, alone: bool) -> Link:
    account = chat_link.Account(here.organization_id, here.integration_id, talker.user, talker.name)
    where = "" if alone else f" in {here.organization}"
    return Link(f"Link your account{where}", chat_link.link_to(account, now))


def _listing(here: Reader, now: datetime) -> Listing:
    title = Link(here.organization, f"{links.issues(here.slug)}{MINE}")
    if here.role is None:
        return Listing(title, NO_ACCESS.format(organization=here.organization))
    if here.role not in MAY_READ:
        return Listing(title, NO_READING.format(organization=here.organization))
    mine = chat_cards.mine(here.organization_id, here.user_id or 0, MOST_SHOWN + 1)
    about = " ".join(_about(queries.open_by_project(here.organization_id), len(mine)))
    return Listing(title, about, tuple(_item(here, one, now) for one in mine[:MOST_SHOWN]))


def _about(open_ones: Sequence[tuple[str, int]], mine: int) -> Iterator[str]:
    said = ", ".join(f"{count:,} in {project}" for project, count in open_ones[:MOST_PROJECTS])
    more = f" and {len(open_ones) - MOST_PROJECTS} more projects" if len(open_ones) > MOST_PROJECTS else ""
    yield f"Open: {said}{more}." if said else "No issue is open."
    if open_ones:
        yield _YOURS[0 if mine == 0 else 1 if mine <= MOST_SHOWN else 2]


_YOURS = ("None of them is yours.", "Yours:", f"The {MOST_SHOWN} of yours that were seen last:")


def _item(here: Reader, found: IssueShown, now: datetime) -> Item:
    seen, first = (ago((now - at).total_seconds()) for at in (found.last_seen, found.first_seen))
    state = SUBSTATES.get(Substatus(found.substatus), "")
    return Item(
        Link(found.title, links.issue(here.slug, found.id)),
        f"{found.level} in {found.project}{state} · seen {seen}, first {first}",
        found.short_id,
    )

"""Previews: what links to this instance lead to, shown below the message in which somebody shared them.

Everybody in the conversation sees a preview. So whoever shared the link has to be known here and to be allowed to
read what it leads to, in the organization that it is of; each organization's links are a delivery of their own.
"""

from collections.abc import Sequence
from datetime import datetime

from tocsin.core.chat_action import Talker
from tocsin.core.own_links import OwnPage, page_at
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.roles import MAY_READ
from tocsin.core.spots import Aside, Preview, Spot
from tocsin.notifications.chat_preview import NOTIFICATION_KIND, Facts
from tocsin.pipeline import chat_link, links, spots
from tocsin.pipeline.announce import announce
from tocsin.pipeline.chat import Workspace
from tocsin.pipeline.chat_cards import Place, cards
from tocsin.store.db import one_transaction
from tocsin.store.queries.chat_readers import Reader, readers
from tocsin.store.writes import chat as writes

Asked = list[tuple[str, OwnPage]]


def show(talker: Talker, connected: Sequence[Workspace], at: Preview, shared: Sequence[str], now: datetime) -> None:
    """Shows what links lead to, each exactly as it was shared. Others' links, and those of organizations that the
    account is not connected to, are left alone without a word."""
    asked = _by_organization(shared)
    if not asked:
        return
    with one_transaction():
        here = [one for one in readers(connected, talker.user) if one.slug in asked]
        for one in here:
            if one.role in MAY_READ:
                _show(talker, one, at, asked[one.slug], now)
        strangers = [one for one in here if one.user_id is None]
        if strangers and not at.is_draft:
            _ask(talker, strangers[0], at, now)


def _by_organization(shared: Sequence[str]) -> dict[str, Asked]:
    """The links that are ours, by the slug of their organization."""
    found: dict[str, Asked] = {}
    for link in shared:
        # Slack escapes the & of an address, and wants it back as it wrote it.
        page = page_at(link.replace("&amp;", "&"), links.base())
        if page is not None:
            found.setdefault(page.organization, []).append((link, page))
    return found


def _show(talker: Talker, here: Reader, at: Preview, asked: Asked, now: datetime) -> None:
    """Nothing for links to what is not there (any more)."""
    if found := cards(Place(here.organization_id, here.slug, now), asked):
        where = "a draft" if at.is_draft else f"links in {at.channel}"
        _say(talker, here.organization_id, here.integration_id, at, where, Facts(found), now)


def _ask(talker: Talker, here: Reader, at: Preview, now: datetime) -> None:
    """Who they are, once a day, whatever they share meanwhile and wherever."""
    if not writes.first(f"{writes.ASKED}{here.integration_id}:{talker.user}:{now:%Y-%m-%d}", now):
        return
    account = chat_link.Account(here.organization_id, here.integration_id, talker.user, talker.name)
    facts = Facts(url=chat_link.link_to(account, now))
    _say(talker, here.organization_id, here.integration_id, at, f"@{talker.user}", facts, now)


def take_back(talker: Talker, connected: Sequence[Workspace], now: datetime) -> None:
    """Takes the question away that somebody does not want to answer."""
    if talker.answer_to:
        here, at = connected[0], Aside(talker.answer_to, ends=True)
        with one_transaction():
            _say(talker, here.organization_id, here.integration_id, at, f"@{talker.name}", Facts(), now)


def _say(  # noqa: PLR0913, PLR0917 — who said what where
    talker: Talker,
    organization_id: int,
    integration_id: int,
    at: Spot,
    label: str,
    facts: Facts,
    now: datetime,
) -> None:
    address = spots.address(talker.provider, at)
    if address is None:
        return
    announce(
        organization_id=organization_id,
        kind=NOTIFICATION_KIND.slug,
        facts=facts,
        destinations=[Destination(talker.provider, address, label, integration_id)],
        trace=[Step(f"account:{talker.user}", f"@{talker.user}", Verdict.ADDED, Reason.SHARED_LINK)],
        now=now,
    )

"""Notice to both sides of a link: to the account in its own conversation, to the person by every other service that
reaches them. Nobody can switch it off, as it tells of who acts in whose name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from tocsin.core.acts import EVERYTHING
from tocsin.core.people import Account, Directory
from tocsin.core.plan import Destination, Services
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.notifications.account_linked import LINKED, LOST, NOTIFICATION_KIND, UNLINKED, Facts
from tocsin.pipeline import chat_tokens, everything, links
from tocsin.pipeline.announce import announce
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.reach import services_of
from tocsin.store.queries import directory
from tocsin.store.queries.chat_accounts import Linked

UNLINK = "tocsin.chat.unlink"  # the salt of what ends a link


def linked(one: Linked, former: Linked | None, now: datetime) -> None:
    """The account is this person's now, and was the former's, if there is one."""
    provider = catalogue().providers[one.provider]
    word = f"{EVERYTHING}{one.provider}" if everything.is_off(one.user_id, provider) else ""
    _to_account(
        replace(_facts(one, LINKED), to_account=True, unlink_url=unlink_url(one, now), everything=word), one, now
    )
    here = directory.read(one.organization_id)
    _to_person(_facts(one, LINKED), one, here, now)
    if former is not None and former.user_id != one.user_id:
        _to_person(replace(_facts(former, LOST), by=one.email), former, here, now)


def unlinked(one: Linked, now: datetime, *, is_said_there: bool) -> None:
    """The account is this person's no more; `is_said_there` where that was answered to the account already."""
    if not is_said_there:
        _to_account(replace(_facts(one, UNLINKED), to_account=True), one, now)
    _to_person(_facts(one, UNLINKED), one, directory.read(one.organization_id), now)


def unlink_url(one: Linked, now: datetime) -> str:
    """The page that ends a link, for whoever has the account: it holds for this link alone."""
    return links.chat_unlink(chat_tokens.signed(UNLINK, [one.integration_id, one.external_id, one.user_id], now))


def _facts(one: Linked, became: str) -> Facts:
    return Facts(
        became=became,
        to_account=False,
        service=catalogue().providers[one.provider].name,
        account=one.name,
        workspace=one.workspace,
        organization=one.organization,
        person=one.email,
        url=links.chat_accounts(),
        connection=one.integration_id,
    )


def _to_account(facts: Facts, one: Linked, now: datetime) -> None:
    provider = catalogue().providers[one.provider]
    if provider.account is None:
        return
    address = provider.account(Account(one.provider, one.external_id, one.name, one.integration_id))
    to = Destination(one.provider, address, one.name, one.integration_id)
    _announce(
        one, facts, [to], Step(f"account:{one.external_id}", one.name, Verdict.ADDED, Reason.OWN_ACCOUNT), now
    )


def _to_person(facts: Facts, one: Linked, here: Directory, now: datetime) -> None:
    to = list(_elsewhere(one, here, services_of(here)))
    if to:
        step = Step(f"user:{one.user_id}", one.email, Verdict.ADDED, Reason.OWN_ACCOUNT)
        _announce(one, facts, to, step, now)


def _elsewhere(one: Linked, here: Directory, services: Services) -> Iterator[Destination]:
    """The person's own addresses: never the account that this is about."""
    person = here.people.get(one.user_id)
    for slug, integration_id in services.reachable.items():
        provider = services.providers[slug]
        address = provider.personal(person) if provider.personal and person else None
        if address is not None and slug != one.provider:
            yield Destination(slug, address, provider.describe(address), integration_id, one.user_id)


def _announce(one: Linked, facts: Facts, to: list[Destination], step: Step, now: datetime) -> None:
    announce(
        organization_id=one.organization_id,
        kind=NOTIFICATION_KIND.slug,
        facts=facts,
        destinations=to,
        trace=[step],
        now=now,
    )

"""Whose account is whose: after an account was connected by consent its people are asked for, page by page, and
members whose own address one of them has are offered to link it. Nothing is ever linked by this.

In the background, one question at a time for each account; what was read is committed before the next is asked, so
a restart goes on where it stopped. 10,000 people are 50 pages of Slack's: four minutes.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.fields import secret_names
from tocsin.core.registry import Provider
from tocsin.core.roll_call import GoesOn, after
from tocsin.core.roster import Listed, Roster, Somebody
from tocsin.core.sending import Outcome, Sending
from tocsin.pipeline import clock, outward
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import environment, resolve_settings
from tocsin.store.db import one_transaction
from tocsin.store.queries import integrations, link_offers
from tocsin.store.queries.link_offers import Due
from tocsin.store.writes import link_offers as writes
from tocsin.store.writes.link_offers import Found

log = logging.getLogger("tocsin.roll_call")

EVERY = 5.0  # seconds: twelve pages a minute, of the twenty that Slack allows
AT_ONCE = 2  # a run; the schedule waits for it
LEASE = timedelta(minutes=5)  # longer than a question can take

Ask = Callable[[Sending], Outcome]


def begin(provider: Provider, settings: Any, integration_id: int, now: datetime) -> None:
    """For a connection that the service has just let us into; nothing where it does not tell addresses."""
    if provider.roster is not None and provider.roster.may(settings):
        writes.begin(integration_id, now)


def go_on(ask: Ask | None = None) -> int:
    """Asks for the next page of each account that is due; how many pages came."""
    now = clock.now()
    return sum(_page(due, ask, now) for due in link_offers.due(now, AT_ONCE))


@dataclass(frozen=True, slots=True)
class Asker:
    """With what an account is asked who is there."""

    roster: Roster
    settings: Any
    ask: Ask


def asker(organization_id: int, integration_id: int) -> Asker | None:
    """None for an account that is broken, unreadable, or not asked where the service itself is: any other address
    could say anything of anybody."""
    stored = integrations.stored(organization_id, integration_id)
    provider = catalogue().providers.get(stored.connected.provider) if stored else None
    if stored is None or provider is None or stored.connected.broken or not _is_usual(provider, stored.settings):
        return None
    settings = resolve_settings(provider, stored.settings, environment())
    if settings is None or provider.roster is None or not provider.roster.may(settings):
        return None
    secrets = [str(getattr(settings, name)) for name in secret_names(provider.settings)]
    return Asker(provider.roster, settings, lambda sending: outward.ask(sending, [one for one in secrets if one]))


def _is_usual(provider: Provider, stored: Mapping[str, Any]) -> bool:
    return provider.origin is None or provider.origin.is_usual(provider.settings, stored, environment())


def _page(due: Due, ask: Ask | None, now: datetime) -> bool:
    claim = now + LEASE
    with one_transaction():
        is_ours = writes.claimed(due.integration_id, due.due, claim)
    if not is_ours:
        return False
    able = asker(due.organization_id, due.integration_id)
    if able is None:
        _end(due, claim, "The account is broken, or does not tell addresses any more.")
        return False
    outcome = (ask or able.ask)(able.roster.page(able.settings, due.standing.cursor))
    _keep(due, claim, outcome, now)
    return isinstance(outcome, Listed)


def _keep(due: Due, claim: datetime, outcome: Outcome, now: datetime) -> None:
    """Writes down whom the answer named and how it goes on, together."""
    follows = after(due.standing, outcome, now)
    with one_transaction():
        if isinstance(outcome, Listed):
            writes.offer(due.integration_id, _theirs(due, outcome.people), now)
        if isinstance(follows, GoesOn):
            writes.went_on(due.integration_id, claim, follows)
    if not isinstance(follows, GoesOn):
        _end(due, claim, follows.reason)


def _theirs(due: Due, people: tuple[Somebody, ...]) -> list[Found]:
    """Those of the people who have a member's own address, where neither is linked yet; three queries."""
    by_email = {one.email: one for one in people if one.email}
    owners = link_offers.owners_of(due.organization_id, list(by_email))
    pairs = [(user_id, by_email[email]) for email, ids in owners.items() for user_id in ids]
    if not pairs:
        return []
    accounts, linked = link_offers.linked(
        due.integration_id, [one.id for _, one in pairs], [user_id for user_id, _ in pairs]
    )
    return [
        Found(user_id, one.id, one.name, one.email)
        for user_id, one in pairs
        if one.id not in accounts and user_id not in linked
    ]


def _end(due: Due, claim: datetime, reason: str) -> None:
    with one_transaction():
        writes.ended(due.integration_id, claim)
    if reason:
        log.warning("The people of integration %d were not all asked for: %s", due.integration_id, reason)

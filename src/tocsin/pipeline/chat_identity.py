"""Who somebody is in a chat service changes: linked and unlinked, each with its audit entry and a notice to both
sides, in one commit."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.pipeline import chat_notice
from tocsin.store.db import one_transaction
from tocsin.store.queries import chat_accounts as queries
from tocsin.store.queries.chat_accounts import Linked
from tocsin.store.writes import chat as writes
from tocsin.store.writes import link_offers


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody as a connected account (a Slack workspace) knows them."""

    organization_id: int
    integration_id: int
    user: str
    name: str


def link(account: Account, provider: str, user_id: int, now: datetime) -> None:
    """The account is this person's from now on. Whoever calls has seen that it is."""
    one = account
    with one_transaction():
        former = queries.of_account(one.integration_id, one.user)
        writes.link(one.organization_id, one.integration_id, provider, one.user, one.name, user_id, now)
        link_offers.settled(one.integration_id, one.user, now)
        made = queries.of_account(one.integration_id, one.user)
        if made is not None:
            chat_notice.linked(made, former, now)


def unlink(one: Linked, now: datetime, *, actor_id: int | None, is_said_there: bool = False) -> None:
    """The account is nobody's any more. `actor_id` is who ended it, None for whoever has the account."""
    with one_transaction():
        if writes.unlink(one.organization_id, one.integration_id, one.external_id, actor_id, now):
            chat_notice.unlinked(one, now, is_said_there=is_said_there)

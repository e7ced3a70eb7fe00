"""Offers of a link: somebody says yes or no to a chat account that has their own address. Saying no is for good.

Signed in, with an address that they have shown to be theirs, and with the service's word at this moment that the
account has it, one press is enough.
"""

from collections.abc import Callable
from datetime import datetime

from tocsin.core.roster import Listed
from tocsin.core.sending import Outcome, Sending
from tocsin.pipeline import chat_identity, roll_call
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.chat_command import command
from tocsin.pipeline.chat_identity import Account
from tocsin.store.db import one_transaction
from tocsin.store.queries import link_offers as queries
from tocsin.store.queries.link_offers import Offer
from tocsin.store.writes import link_offers as writes

OVER = "This is not offered any more: it was answered, or the account or you are linked already."
NOT_ASKED = "{workspace} cannot be asked whose account this is. Type “{command} link” there in its place."
NOT_SAID = "{service} did not say whose account this is, so it was not linked. {reason}"
NOT_YOURS = "{service} does not say any more that this account has the address {email}, so it was not linked."

Ask = Callable[[Sending], Outcome]


def accept(user_id: int, offer_id: int, now: datetime, ask: Ask | None = None) -> str:
    """Links an account that was offered; why not, in words, or ""."""
    offer = queries.one(user_id, offer_id)
    if offer is None:
        return OVER
    if why := _doubt(offer, ask):
        return why
    with one_transaction():
        still = queries.one(user_id, offer_id)  # while the service was asked
        if still is None or not writes.answered(user_id, offer_id, now):
            return OVER
        account = Account(offer.organization_id, offer.integration_id, offer.external_id, offer.name)
        chat_identity.link(account, offer.provider, user_id, now)
    return ""


def decline(user_id: int, offer_id: int, now: datetime) -> bool:
    """It is not theirs, or they do not want it; whether they were asked."""
    with one_transaction():
        return writes.answered(user_id, offer_id, now)


def _doubt(offer: Offer, ask: Ask | None) -> str:
    """Why the account is not known to be theirs at this moment, or ""."""
    asker = roll_call.asker(offer.organization_id, offer.integration_id)
    provider = catalogue().providers[offer.provider]
    if asker is None:
        return NOT_ASKED.format(workspace=offer.workspace, command=command(provider))
    service = provider.name
    outcome = (ask or asker.ask)(asker.roster.one(asker.settings, offer.external_id))
    if not isinstance(outcome, Listed):
        return NOT_SAID.format(service=service, reason=getattr(outcome, "reason", ""))
    has_it = any(one.id == offer.external_id and one.email == offer.email for one in outcome.people)
    return "" if has_it else NOT_YOURS.format(service=service, email=offer.email)

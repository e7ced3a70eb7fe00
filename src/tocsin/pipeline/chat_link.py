"""Who somebody is in a chat service: they say so themselves, signed in, by a link that works once, for two days."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.pipeline import chat_identity, chat_notice, chat_tokens, links
from tocsin.pipeline.chat_identity import Account
from tocsin.pipeline.chat_tokens import LASTS
from tocsin.store.db import one_transaction
from tocsin.store.queries import chat as queries
from tocsin.store.queries import chat_accounts
from tocsin.store.queries.chat_accounts import Linked
from tocsin.store.writes import chat as writes

__all__ = ["LASTS", "Account", "Asked", "link", "link_to", "opened", "stands", "unlink", "unlink_opened"]

USED = "link:"
SALT = "tocsin.chat.link"


@dataclass(frozen=True, slots=True)
class Asked:
    """A link that holds: whose account it is about, and the digest by which it is known once it was used."""

    account: Account
    organization: str
    workspace: str
    provider: str
    digest: str


def link_to(account: Account, now: datetime) -> str:
    """The whole address of the page that links an account."""
    parts = [account.organization_id, account.integration_id, account.user, account.name]
    return links.chat_link(chat_tokens.signed(SALT, parts, now))


def opened(token: str, now: datetime) -> Asked | None:
    """What a link says; None for one that was not signed here, is over, was used, or whose account is gone."""
    parts = chat_tokens.read(SALT, token, now)
    if parts is None:
        return None
    organization_id, integration_id, user, name = parts
    place = queries.place(organization_id, integration_id)
    digest = chat_tokens.digest(token)
    if place is None or queries.is_used(f"{USED}{digest}"):
        return None
    return Asked(
        Account(organization_id, integration_id, user, name), place.organization, place.name, place.provider, digest
    )


def stands(asked: Asked, user_id: int) -> str:
    """How it stands for whoever opened the link: "stranger" to the organization, "linked" to them already, "others"
    where somebody else has it, or "free"."""
    if queries.role(user_id, asked.account.organization_id) is None:
        return "stranger"
    linked = queries.linked(asked.account.integration_id, asked.account.user)
    if linked is None:
        return "free"
    return "linked" if linked == user_id else "others"


def link(asked: Asked, user_id: int, now: datetime) -> bool:
    """Says that the account is this person's; whether it is now. The link is used up."""
    with one_transaction():
        may = stands(asked, user_id) in ("free", "others")
        if not may or not writes.first(f"{USED}{asked.digest}", now):
            return False
        chat_identity.link(asked.account, asked.provider, user_id, now)
    return True


def unlink_opened(token: str, now: datetime) -> Linked | None:
    """The link that a page is to end; None where the page is over, was used, or that link is ended already."""
    parts = chat_tokens.read(chat_notice.UNLINK, token, now)
    if parts is None or queries.is_used(f"{USED}{chat_tokens.digest(token)}"):
        return None
    integration_id, external_id, user_id = parts
    found = chat_accounts.of_account(integration_id, external_id)
    return found if found and found.user_id == user_id else None


def unlink(token: str, now: datetime) -> Linked | None:
    """Ends the link for whoever has the account, once; what it was, or None as above."""
    with one_transaction():
        found = unlink_opened(token, now)
        if found is None or not writes.first(f"{USED}{chat_tokens.digest(token)}", now):
            return None
        chat_identity.unlink(found, now, actor_id=None)
    return found

"""Who somebody is in a chat service: they say so themselves, signed in, by a link that works once, for two days."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer

from tocsin.pipeline import links
from tocsin.store.db import one_transaction
from tocsin.store.queries import chat as queries
from tocsin.store.writes import chat as writes

USED = "link:"
SALT = "tocsin.chat.link"
LASTS = timedelta(days=2)
AHEAD = timedelta(minutes=5)  # as far as the clocks of two nodes may be apart


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody as a connected account (a Slack workspace) knows them."""

    organization_id: int
    integration_id: int
    user: str
    name: str


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
    parts = [account.organization_id, account.integration_id, account.user, account.name, int(now.timestamp())]
    return links.chat_link(_signer().sign_object(parts))


def opened(token: str, now: datetime) -> Asked | None:
    """What a link says; None for one that was not signed here, is over, was used, or whose account is gone."""
    try:
        organization_id, integration_id, user, name, at = _signer().unsign_object(token)
        signed = datetime.fromtimestamp(at, UTC)
    except (BadSignature, ValueError, TypeError, OverflowError):
        return None
    if not now - LASTS < signed <= now + AHEAD:
        return None
    place = queries.place(organization_id, integration_id)
    digest = hashlib.sha256(token.encode()).hexdigest()
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
        one = asked.account
        writes.link(one.organization_id, one.integration_id, asked.provider, one.user, one.name, user_id, now)
    return True


def _signer() -> Signer:
    return Signer(salt=SALT)

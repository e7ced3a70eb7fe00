"""The link that ends messages for one person: signed, so that it works signed out and for nothing else.

It holds no address, only its digest: links stand in logs of proxies. It works for 90 days.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer

from tocsin.core.unsubscribe import Ends, Level
from tocsin.pipeline import links

SALT = "tocsin.unsubscribe"
LASTS = timedelta(days=90)
AHEAD = timedelta(hours=1)  # as far as the clocks of two nodes may be apart


@dataclass(frozen=True, slots=True)
class Link:
    """Whom it was sent to, at which address, what it ends, and when the message was decided."""

    user_id: int
    address: str
    ends: Ends
    at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that holds. `fits` says whether an address is the one that it was sent to."""

    user_id: int
    digest: str
    ends: Ends

    def fits(self, address: str) -> bool:
        return digest(address) == self.digest


def link_to(link: Link) -> str:
    """The whole address; the same for every try of a delivery."""
    return links.unsubscribe(sign(link))


def sign(link: Link) -> str:
    """The signed part: base64 letters and two colons at most, about 150 characters."""
    ends = link.ends
    parts = [
        link.user_id,
        digest(link.address),
        ends.level.value,
        ends.id,
        ends.type,
        ends.organization_id,
        ends.project_id,
        int(link.at.timestamp()),
    ]
    return _signer().sign_object(parts)


def opened(token: str, now: datetime) -> Opened | None:
    """What a token says; None for one that was not signed here, or more than 90 days ago."""
    try:
        user_id, address, level, target, type_, organization_id, project_id, at = _signer().unsign_object(token)
        signed = datetime.fromtimestamp(at, UTC)
    except (BadSignature, ValueError, TypeError, OverflowError):
        return None
    if not now - LASTS < signed <= now + AHEAD:
        return None
    return Opened(user_id, address, Ends(Level(level), target, type_, organization_id, project_id))


def _signer() -> Signer:
    return Signer(salt=SALT)


def digest(address: str) -> str:
    """What a link holds of an address: 64 bits of its SHA-256, whatever the case of its letters."""
    return hashlib.sha256(address.lower().encode(errors="replace")).hexdigest()[:16]

"""What links about a chat account say, signed: they hold for two days."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.signing import BadSignature, Signer

LASTS = timedelta(days=2)
AHEAD = timedelta(minutes=5)  # as far as the clocks of two nodes may be apart


def signed(salt: str, parts: Sequence[Any], now: datetime) -> str:
    """A token that says this; another salt's says nothing."""
    return Signer(salt=salt).sign_object([*parts, int(now.timestamp())])


def read(salt: str, token: str, now: datetime) -> list[Any] | None:
    """What a token says; None for one that was not signed here, or is over."""
    try:
        *parts, at = Signer(salt=salt).unsign_object(token)
        made = datetime.fromtimestamp(at, UTC)
    except (BadSignature, ValueError, TypeError, OverflowError):
        return None
    return parts if now - LASTS < made <= now + AHEAD else None


def digest(token: str) -> str:
    """By which a token is known once it was used."""
    return hashlib.sha256(token.encode()).hexdigest()

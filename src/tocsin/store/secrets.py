"""Secrets at rest: one encrypted text per row, bound to its place, with rotation; fails closed.

Fernet has no associated data, so the place (table and row) is written before the value and compared on
reading: a ciphertext copied to another row does not open there.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SecretUnreadableError(RuntimeError):
    """A stored secret does not open with this instance's key."""


def seal(place: str, values: Mapping[str, Any]) -> bytes:
    """The values as one ciphertext that opens only at `place` (for example "integration:7")."""
    plain = json.dumps([place, dict(values)], separators=(",", ":")).encode()
    return _fernet(settings.SECRET_KEY).encrypt(plain)


def unseal(place: str, sealed: bytes) -> dict[str, Any]:
    """The values sealed at `place`.

    Raises SecretUnreadableError when the key has changed or the text was moved or altered.
    """
    try:
        where, values = json.loads(_opened(settings.SECRET_KEY, bytes(sealed)))
    except (InvalidToken, ValueError):
        raise SecretUnreadableError(
            f"The secret of {place} does not open with this secret key. Restore the key that it was saved "
            "with (TOCSIN_SECRET_KEY or secret.key in the data folder), or connect again."
        ) from None
    if where != place:
        raise SecretUnreadableError(f"The secret of {place} belongs to {where}; connect again.")
    return dict(values)


# The sender asks for the same few with every batch: opening takes 0.3 ms, more than the delivery itself.
@lru_cache(maxsize=256)
def _opened(key: str, sealed: bytes) -> bytes:
    return _fernet(key).decrypt(sealed)


@lru_cache(maxsize=4)
def _fernet(key: str) -> MultiFernet:
    derived = hashlib.sha256(b"tocsin:secrets:" + key.encode()).digest()
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived))])

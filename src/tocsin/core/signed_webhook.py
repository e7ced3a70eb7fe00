"""Whether a message was signed as Standard Webhooks says (standardwebhooks.com), as GitLab does from 19.0.

Signed is "id.timestamp.body" with HMAC-SHA256; the header holds one or several "v1,base64" parted by blanks.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

PREFIX = "whsec_"
LEAST, MOST = 16, 64  # bytes of a key; GitLab makes 32
WINDOW = 300  # seconds that a message may be old, or a clock ahead
MOST_SIGNATURES = 10


@dataclass(frozen=True, slots=True)
class Signature:
    """The three headers as they came; `is_there` when there is anything to judge."""

    id: str
    timestamp: str
    signatures: str

    @property
    def is_there(self) -> bool:
        return bool(self.signatures)


def key_of(token: str) -> bytes | None:
    """The key in a token ("whsec_" and base64); None for what is none."""
    if not token.startswith(PREFIX):
        return None
    try:
        key = b64decode(token.removeprefix(PREFIX), validate=True)
    except (Error, ValueError):
        return None
    return key if LEAST <= len(key) <= MOST else None


def proves(tokens: Iterable[str], sent: Signature, body: bytes, now: datetime) -> bool:
    """Whether one of the tokens signed the body, at most five minutes ago. Compared in constant time."""
    if not _is_recent(sent.timestamp, now):
        return False
    signed = f"{sent.id}.{sent.timestamp}.".encode(errors="replace") + body
    given = [one.encode(errors="replace") for one in sent.signatures.split(maxsplit=MOST_SIGNATURES)]
    expected = [_sign(key, signed) for token in tokens if (key := key_of(token))]
    matches = [hmac.compare_digest(one, each) for one in expected for each in given[:MOST_SIGNATURES]]
    return any(matches)


def _is_recent(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= WINDOW


def _sign(key: bytes, signed: bytes) -> bytes:
    return b"v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest())

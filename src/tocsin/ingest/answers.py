"""What the door answers: bytes made once, with the headers that SDKs and browsers look for.

Source: behaviour §13.1 and §13.5.
"""

import math
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec

Send = Callable[[dict[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

# Every answer carries these: without them a browser shows the page's author nothing but "network error".
CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"x-sentry-error, x-sentry-rate-limits, retry-after"),
)
_HEADERS = (
    b"x-sentry-auth, x-requested-with, origin, accept, content-type, "
    b"authentication, authorization, content-encoding, transfer-encoding"
)
PREFLIGHT: tuple[Header, ...] = (
    *CORS,
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", _HEADERS),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
)
_TAKEN: list[Header] = [*CORS, (b"content-type", b"application/json"), (b"content-length", b"41")]


class Answer(NamedTuple):
    """One HTTP answer."""

    status: int
    headers: list[Header]
    body: bytes

    async def send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


class RefusalError(Exception):
    """The request ends here, with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


PREFLIGHTED = Answer(200, list(PREFLIGHT), b"")


def taken(event_id: str) -> Answer:
    """The event, or the envelope of this id, is taken; without an id there was nothing to name."""
    if not event_id:
        return _json(200, {})
    return Answer(200, _TAKEN, b'{"id":"%b"}' % event_id.encode())


def refused(status: int, reason: str, *headers: Header, wait: float = 0.0) -> RefusalError:
    """An error that says what happened and what to do; with `wait`, when to come back (seconds)."""
    said = reason.encode("ascii", "replace").translate(None, bytes(range(32)))
    extra = [(b"x-sentry-error", said), *headers]
    if wait:
        extra.append((b"retry-after", b"%d" % math.ceil(wait)))
    return RefusalError(_json(status, {"detail": reason}, *extra))


def limited(reason: str, wait: float, scope: str, code: str, categories: str = "") -> RefusalError:
    """429: nothing of these categories (all, when empty) for `wait` seconds, for this key or organization."""
    seconds = math.ceil(wait)
    rule = f"{seconds}:{categories}:{scope}:{code}".encode()
    return refused(429, reason, (b"x-sentry-rate-limits", rule), wait=seconds)


def _json(status: int, content: dict[str, str], *headers: Header) -> Answer:
    body = msgspec.json.encode(content)
    length = (b"content-length", b"%d" % len(body))
    return Answer(status, [*CORS, (b"content-type", b"application/json"), length, *headers], body)

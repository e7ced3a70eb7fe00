"""Envelopes, the body of today's SDKs: a line of headers, then items, each a line of headers and a payload.

Source: behaviour §13.3; https://develop.sentry.dev/sdk/data-model/envelopes/
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from tocsin.formats.encoding import RefusedBodyError, TooLargeError

EVENT_LIMIT = 1_000_000
HEADER_LIMIT = 64 * 1024
ITEM_LIMIT = 1_000  # a browser's session replay sends a dozen

_headers = msgspec.json.Decoder(dict[str, Any])


class MalformedError(RefusedBodyError):
    """A body is not an envelope, or not an event."""


@dataclass(frozen=True, slots=True)
class Item:
    """One part of an envelope; the payload is as it came."""

    type: str
    headers: dict[str, Any]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of one body. Unknown item types are here too: skipping them is the reader's choice."""

    headers: dict[str, Any]
    items: list[Item]

    @property
    def event(self) -> Item | None:
        """The one event, if there is one."""
        return next((item for item in self.items if item.type == "event"), None)


def split(body: bytes) -> Envelope:
    """The headers and items of an envelope; payloads are cut out, not decoded.

    Raises MalformedError for broken framing and for a second event or transaction, TooLargeError for an
    event of more than 1 MB.
    """
    headers, position = _header_line(body, 0, "The envelope")
    items: list[Item] = []
    while position < len(body):
        # Some clients end with more than the one newline that the format allows.
        if body[position] == 10 and not body[position:].strip():
            break
        if len(items) == ITEM_LIMIT:
            raise MalformedError(f"The envelope has more than {ITEM_LIMIT:,} items")
        item, position = _item(body, position, len(items) + 1)
        items.append(item)
    if sum(item.type in ("event", "transaction") for item in items) > 1:
        raise MalformedError("The envelope has more than one event or transaction")
    return Envelope(headers, items)


def join(headers: dict[str, Any], items: list[Item]) -> bytes:
    """The envelope of these items, each with its length: what is kept when the rest was skipped."""
    lines = [msgspec.json.encode(headers)]
    for item in items:
        lines.append(msgspec.json.encode({**item.headers, "type": item.type, "length": len(item.payload)}))
        lines.append(item.payload)
    return b"\n".join(lines) + b"\n"


def _item(body: bytes, position: int, number: int) -> tuple[Item, int]:
    headers, start = _header_line(body, position, f"Item {number}")
    kind = headers.get("type")
    if not isinstance(kind, str) or not kind:
        raise MalformedError(f"Item {number} has no type")
    end = _payload_end(body, start, headers.get("length"), number)
    if kind == "event" and end - start > EVENT_LIMIT:
        raise TooLargeError(f"The event is larger than {EVENT_LIMIT:,} bytes")
    return Item(kind, headers, body[start:end]), end + 1


def _payload_end(body: bytes, start: int, length: Any, number: int) -> int:
    if length is None:
        newline = body.find(b"\n", start)
        return len(body) if newline < 0 else newline
    if type(length) is not int or length < 0:
        raise MalformedError(f"The length of item {number} is {length!r:.40}, not a number of bytes")
    end = start + length
    if end > len(body):
        raise MalformedError(f"Item {number} ends {end - len(body):,} bytes too early")
    if end < len(body) and body[end] != 10:
        raise MalformedError(f"Item {number} is longer than its length of {length:,} bytes")
    return end


def _header_line(body: bytes, start: int, owner: str) -> tuple[dict[str, Any], int]:
    end = body.find(b"\n", start, start + HEADER_LIMIT)
    if end < 0:
        end = len(body)
        if end - start > HEADER_LIMIT:
            raise MalformedError(f"{owner} has no headers within {HEADER_LIMIT:,} bytes")
    try:
        return _headers.decode(body[start:end]), end + 1
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise MalformedError(f"{owner} does not begin with a JSON object of headers on one line") from None

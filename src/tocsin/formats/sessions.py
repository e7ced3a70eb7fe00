"""Sessions: how often an application was used, beside how often it failed.

Items of type `session` (one session's begin, change or end) and `sessions` (counts of many, by the minute). Only
begins are counted. Source: behaviour §13.3; https://develop.sentry.dev/sdk/telemetry/sessions/
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tocsin.formats.envelope import Envelope, Item
from tocsin.formats.event_patient import UnreadableError, loads, text_of

SESSION_ITEMS = frozenset({"session", "sessions"})
MOST_ITEMS = 100
MOST_BUCKETS = 100
MOST_IN_ONE = 1_000_000
OLDEST = 86_400
COUNTS = ("exited", "errored", "abnormal", "unhandled", "crashed")
RELEASE_LENGTH, ENVIRONMENT_LENGTH = 250, 64


class Sessions(NamedTuple):
    """So many sessions that began in one minute (minutes since 1970)."""

    minute: int
    environment: str
    release: str
    many: int


def has_begun(envelope: Envelope) -> bool:
    """Whether an envelope tells of a session that began."""
    return next(begun_in(envelope, 0.0), None) is not None


def begun_in(envelope: Envelope, received: float) -> Iterator[Sessions]:
    """The sessions that began, of at most 100 items; what cannot be read counts for nothing.

    A begin more than a day before `received` (seconds since 1970), or after it, counts as then.
    """
    items = [item for item in envelope.items if item.type in SESSION_ITEMS]
    for item in items[:MOST_ITEMS]:
        yield from _read(item, received)


def _read(item: Item, received: float) -> Iterator[Sessions]:
    try:
        found = loads(item.payload)
    except UnreadableError:
        return
    attributes = found.get("attrs")
    attributes = attributes if isinstance(attributes, dict) else {}
    release = text_of(attributes.get("release")).strip()[:RELEASE_LENGTH]
    environment = text_of(attributes.get("environment")).strip()[:ENVIRONMENT_LENGTH] or "production"
    for started, count in _begins(item.type, found):
        yield Sessions(_minute(started, received), environment, release, count)


def _begins(kind: str, found: dict[str, Any]) -> Iterator[tuple[Any, int]]:
    if kind == "session":
        if found.get("init") is True:
            yield found.get("started"), 1
        return
    buckets = found.get("aggregates")
    for bucket in buckets[:MOST_BUCKETS] if isinstance(buckets, list) else ():
        if isinstance(bucket, dict) and (count := sum(_count(bucket.get(name)) for name in COUNTS)):
            yield bucket.get("started"), count


def _count(given: Any) -> int:
    return min(given, MOST_IN_ONE) if type(given) is int and given > 0 else 0


def _minute(started: Any, received: float) -> int:
    try:
        at = datetime.fromisoformat(started) if isinstance(started, str) else None
    except ValueError:
        at = None
    if at is not None:
        seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
        if received - OLDEST <= seconds <= received:
            return int(seconds) // 60
    return int(received) // 60

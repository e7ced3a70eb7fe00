"""How much the SDKs' door takes, and how often one key may knock."""

from dataclasses import dataclass

from tocsin.store.queries.keys import Key

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one door takes. Bodies over a limit are answered 413, load over a limit 429 or 503.

    `body` and `unpacked` bound one request in bytes, before and after unpacking. Sentry takes 100 MB unpacked;
    the default is half, as one such body at a time is held in memory and what is digested is at most 1 MB of it.
    `in_flight` bounds the bytes of all bodies that are being received; `seconds` is how long one may take.
    `backlog` and `backlog_bytes` bound what is accepted and not yet digested; `backlog_retry` is how many
    seconds clients are then told to wait.
    """

    body: int = 20 * MEGABYTE
    unpacked: int = 50 * MEGABYTE
    in_flight: int = 128 * MEGABYTE
    seconds: float = 30.0
    backlog: int = 200_000
    backlog_bytes: int = 4_000 * MEGABYTE
    backlog_retry: int = 30


class Rates:
    """The rate limits of keys, as token buckets: a key's whole limit at once, then evenly over its window."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}  # tokens, and when there were so many

    def take(self, key: Key, now: float) -> float:
        """Counts one event and gives 0 if the key may send it now; else how many seconds until it may."""
        if not key.rate_limit:
            return 0.0
        held, since = self._buckets.get(key.public_key, (float(key.rate_limit), now))
        refilled = held + max(0.0, now - since) * key.rate_limit / key.rate_window
        tokens = min(float(key.rate_limit), refilled)
        if tokens < 1.0:
            return (1.0 - tokens) * key.rate_window / key.rate_limit
        self._buckets[key.public_key] = (tokens - 1.0, now)
        return 0.0

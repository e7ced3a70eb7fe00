"""The keys that the door knows: remembered for seconds, so that the hot path asks the database nothing."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tocsin.store.queries.keys import Key

FRESH_SECONDS = 10.0
STALE_SECONDS = 60.0
RETRY_SECONDS = 1.0
UNKNOWN_SECONDS = 2.0
# A real instance has some hundred keys; guessing fills the cache, and then the oldest guess goes first.
UNKNOWN_MOST = 10_000


class _Known(NamedTuple):
    key: Key | None
    until: float


class Keys:
    """Looks keys up once for all who ask at the same time.

    A known key is answered at once and asked for again in the background every 10 s, so a change (revoked, other
    limit) holds from the second request after 10 s; one that nobody used for 70 s is asked for first. An unknown
    key is remembered for 2 s. While the database does not answer, known keys stay good: events are accepted.
    """

    def __init__(self, find: Callable[[str], Key | None], clock: Callable[[], float]) -> None:
        self._find = find
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._unknown: dict[str, float] = {}
        self._asking: dict[str, asyncio.Task[Key | None]] = {}
        # One thread: one connection, and guessed keys cannot take more than one core's share.
        self._thread = ThreadPoolExecutor(1, "keys")

    async def __call__(self, public_key: str) -> Key | None:
        """The key of this name or None; raises what the database raised when it was never found before."""
        now = self._clock()
        known = self._known.get(public_key)
        if known is not None:
            return known.key if now < known.until else await self._refreshed(public_key, known, now)
        if self._unknown.get(public_key, 0.0) > now:
            return None
        # Shielded: one asker that goes away must not take the answer from the others.
        return await asyncio.shield(self._ask(public_key))

    def close(self) -> None:
        """Ends the thread that looks up."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def _refreshed(self, public_key: str, known: _Known, now: float) -> Key | None:
        task = self._ask(public_key)
        if now > known.until + STALE_SECONDS:
            await asyncio.wait([task])
            if not task.cancelled() and not task.exception():
                return task.result()
        return known.key

    def _ask(self, public_key: str) -> asyncio.Task[Key | None]:
        task = self._asking.get(public_key)
        if task is None:
            task = self._asking[public_key] = asyncio.create_task(self._look_up(public_key))
            task.add_done_callback(lambda done: self._answered(public_key, done))
        return task

    async def _look_up(self, public_key: str) -> Key | None:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._find, public_key)

    def _answered(self, public_key: str, task: asyncio.Task[Key | None]) -> None:
        del self._asking[public_key]
        now = self._clock()
        # Asking for the exception also marks it as seen: a refresh in the background has nobody else to see it.
        if task.cancelled() or task.exception():
            if public_key in self._known:
                self._known[public_key] = self._known[public_key]._replace(until=now + RETRY_SECONDS)
            return
        key = task.result()
        if key is not None:
            self._known[public_key] = _Known(key, now + FRESH_SECONDS)
            return
        self._known.pop(public_key, None)
        if len(self._unknown) >= UNKNOWN_MOST:
            self._unknown.pop(next(iter(self._unknown)))
        self._unknown[public_key] = now + UNKNOWN_SECONDS

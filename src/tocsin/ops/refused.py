"""The door's count of refused events, written to the database every few seconds and once more at the end."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

log = logging.getLogger("tocsin.refused")

WRITE_EVERY = 5.0


class Refused:
    """A task with a thread of its own, as a database connection belongs to its thread.

    `counts` is taken from, on the event loop, only once `keep` has written it: while the database is away nothing
    is lost. A front that is killed loses what it refused in the last seconds.
    """

    def __init__(self, counts: Counter[str], keep: Callable[[Mapping[str, int]], None]) -> None:
        self._counts = counts
        self._keep = keep
        self._thread = ThreadPoolExecutor(1, "refused")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_writing())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.write()
        self._thread.shutdown(wait=False)

    async def write(self) -> None:
        """Writes what was refused since the last time; what cannot be written waits for the next."""
        written = Counter(self._counts)
        if not written:
            return
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._keep, written)
        except Exception:
            log.exception("What was refused could not be counted; it is tried again.")
            return
        self._counts -= written

    async def _keep_writing(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY)
            await self.write()

"""The front's watch over the worker: looks each few seconds, so that pages know without asking."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from tocsin.pipeline import clock, readiness

log = logging.getLogger("tocsin.readiness")

LOOK_EVERY = 3.0


class Watch:
    """A task with a thread of its own, as a database connection belongs to its thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "watch")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        readiness.begin(clock.now())
        self._task = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._thread.shutdown(wait=False)

    async def _keep_looking(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            # The worker starts beside us: the first look is not at once.
            await asyncio.sleep(LOOK_EVERY)
            try:
                await loop.run_in_executor(self._thread, lambda: readiness.watch(clock.now()))
            except Exception:
                log.exception("The worker could not be looked after; tried again in %g s.", LOOK_EVERY)

"""The sending stage for a while: claims and sends until nothing is due, then lets the process do something else."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from tocsin.engine.embedded import LAST_RECORDS, Sender, log

T = TypeVar("T")

AT_ONCE = 200
# Then another task of the queue has its turn; what is still due is one wake away.
WITHIN = 10.0


class Drain:
    """For one event loop; the outbox is read and written in one thread, with one connection that is kept."""

    def __init__(self, sender: Sender, *, at_once: int = AT_ONCE, within: float = WITHIN) -> None:
        self._sender = sender
        self._at_once = at_once
        self._within = within
        self._thread = ThreadPoolExecutor(1, "outbox")

    async def run(self) -> bool:
        """Sends what is due; whether there may be more. What it began is recorded when it returns.

        Raises what the database raises while it is away, after what could be recorded was.
        """
        until = asyncio.get_running_loop().time() + self._within
        sending: set[asyncio.Future[Any]] = set()
        tried: list[Any] = []
        try:
            while True:
                has_time = asyncio.get_running_loop().time() < until
                room = self._at_once - len(sending) if has_time else 0
                claimed = await self._in_thread(self._sender.turn, tried, room)
                tried = []
                sending |= {asyncio.ensure_future(self._sender.send(job)) for job in claimed}
                if not sending:
                    return not has_time
                if not claimed or len(sending) == self._at_once:
                    tried, sending = await _ended(sending)
        finally:
            if sending or tried:
                await self._finish(sending, tried)

    async def _finish(self, sending: set[asyncio.Future[Any]], tried: list[Any]) -> None:
        while sending:
            more, sending = await _ended(sending)
            tried = tried + more
        for chances in reversed(range(LAST_RECORDS)):
            try:
                await self._in_thread(self._sender.record, tried)
                break
            except Exception as error:  # noqa: BLE001 — whatever a database that is away raises
                if not chances:
                    log.error("The last tries could not be recorded (%s); unrecorded, they are sent again.", error)
                await asyncio.sleep(1.0)

    async def _in_thread(self, call: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)


async def _ended(sending: set[asyncio.Future[Any]]) -> tuple[list[Any], set[asyncio.Future[Any]]]:
    """What came back of the tasks that have ended, and the others. One that broke keeps its lease: see Embedded."""
    done, rest = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
    tried = []
    for task in done:
        if error := task.exception():
            log.error("A delivery could not be tried; its lease runs out and it is taken up again.", exc_info=error)
        else:
            tried.append(task.result())
    return tried, rest

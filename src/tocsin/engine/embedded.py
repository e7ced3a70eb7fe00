"""The stages inside one process: a thread that digests, one that does what people pressed, one event loop that
sends, a ticker; woken by a bell.

It knows the stages as plain functions and nothing of what they do. Nothing here is remembered: the spool and
the outbox are the truth, so any loop may be stopped or killed at any point.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from tocsin.engine.wake import Listener

log = logging.getLogger("tocsin.engine")
T = TypeVar("T")

LAST_RECORDS = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """How much at once, and how long to wait, in seconds.

    `at_once` bounds the deliveries that are being sent. The bell makes waiting unnecessary: `look_again` bounds
    what a lost ring could cost. `stop_within` is how long a stopping engine lets what it is sending end: more than
    the longest try (30 s for a place at the mail server, 30 s for the mail), as one that is cut off after its last
    byte was sent again by the next start. `gather` is how long a finished try waits to be recorded with others:
    at 500 deliveries a second that is one commit for five, which leaves the disk and the interpreter to the digest.
    So many as `together` wait no longer: what is recorded while others are on their way costs them nothing.
    """

    at_once: int = 200
    look_again: float = 5.0
    after_error: float = 1.0
    stop_within: float = 65.0
    gather: float = 0.01
    together: int = 32


@dataclass(frozen=True, slots=True)
class Job:
    """Something to run every so many seconds."""

    name: str
    every: float
    run: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Sender:
    """The sending stage as functions.

    `turn` records what was tried and claims up to a number of jobs, `send` tries one, `record` writes the last
    tries of a stopping sender, `idle_for` says for how many seconds nothing will be due.
    """

    turn: Callable[[Sequence[Any], int], Sequence[Any]]
    send: Callable[[Any], Awaitable[Any]]
    record: Callable[[Sequence[Any]], None]
    idle_for: Callable[[], float]


class Embedded:
    """Runs the stages until told to stop; `digest_some` does one batch: (events done, deliveries queued), `act` all
    that people pressed."""

    def __init__(  # noqa: PLR0913 — its stages
        self,
        listener: Listener,
        digest_some: Callable[[], tuple[int, int]],
        sender: Sender,
        jobs: Sequence[Job],
        *,
        act: Callable[[], object] = lambda: None,
        pace: Pace = Pace(),
    ) -> None:
        self._listener = listener
        self._digest_some = digest_some
        self._sender = sender
        self._jobs = jobs
        self._act = act
        self._pace = pace
        self._stopping = asyncio.Event()
        self._gathering: asyncio.TimerHandle | None = None
        self._rung = {name: asyncio.Event() for name in ("digest", "deliver", "act")}
        # One thread each: a Django connection belongs to its thread, and each stage keeps its own.
        self._threads = {name: ThreadPoolExecutor(1, name) for name in ("digest", "outbox", "act", "schedule")}

    async def run(self) -> None:
        """Returns when everything begun is finished and recorded."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._listener.socket, self._hear)
        try:
            async with asyncio.TaskGroup() as stages:
                stages.create_task(self._keep_digesting())
                stages.create_task(self._keep_sending())
                stages.create_task(self._keep_acting())
                for job in self._jobs:
                    stages.create_task(self._keep_running(job))
        finally:
            loop.remove_reader(self._listener.socket)
            for threads in self._threads.values():
                threads.shutdown()

    def stop(self) -> None:
        """Finish what is begun, begin nothing more."""
        self._stopping.set()
        for event in self._rung.values():
            event.set()

    def _hear(self) -> None:
        for stage in self._listener.heard():
            if stage in self._rung:
                self._rung[stage].set()

    async def _in(self, thread: str, call: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads[thread], call, *arguments)

    async def _keep_digesting(self) -> None:
        rung = self._rung["digest"]
        while not self._stopping.is_set():
            rung.clear()
            try:
                done, queued = await self._in("digest", self._digest_some)
            except Exception:
                log.exception("A batch could not be digested; it stays in the spool and is tried again.")
                await self._rest(self._pace.after_error)
                continue
            if queued:
                self._rung["deliver"].set()
            if not done:
                await _wait(rung, self._pace.look_again)

    async def _keep_acting(self) -> None:
        rung = self._rung["act"]
        while not self._stopping.is_set():
            rung.clear()
            try:
                await self._in("act", self._act)
            except Exception:
                log.exception("What people pressed could not be done; it waits and is tried again.")
                await self._rest(self._pace.after_error)
                continue
            await _wait(rung, self._pace.look_again)

    async def _keep_sending(self) -> None:
        finished: list[Any] = []
        sending: set[asyncio.Task[None]] = set()
        rung = self._rung["deliver"]
        while not self._stopping.is_set():
            rung.clear()
            tried, room = finished[:], self._pace.at_once - len(sending)
            finished.clear()
            try:
                claimed = await self._in("outbox", self._sender.turn, tried, room)
                tried = []
                sending.update([asyncio.create_task(self._send(job, finished, sending)) for job in claimed])
                await self._until_due(rung, self._pace.at_once - len(sending))
            except Exception:
                log.exception("The outbox could not be read or written; tried again in a second.")
                finished[:0] = tried
                await self._rest(self._pace.after_error)
        await self._finish(sending, finished)

    async def _send(self, job: Any, finished: list[Any], sending: set[asyncio.Task[None]]) -> None:
        try:
            finished.append(await self._sender.send(job))
        except Exception:
            log.exception("A delivery could not be tried; its lease runs out and it is taken up again.")
        self._landed(len(finished), len(sending))
        if task := asyncio.current_task():  # not a callback of it: the loop would take a turn for each
            sending.discard(task)

    def _landed(self, finished: int, under_way: int) -> None:
        """What came back is recorded together with what comes back next, unless others wait for its place."""
        if finished >= self._pace.together or under_way > self._pace.at_once // 2 or self._stopping.is_set():
            self._rung["deliver"].set()
        elif self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(self._pace.gather, self._gathered)

    def _gathered(self) -> None:
        self._gathering = None
        self._rung["deliver"].set()

    async def _until_due(self, rung: asyncio.Event, room: int) -> None:
        """Waits for a ring, a finished try or, while there is room to send more, the next due delivery."""
        if rung.is_set():
            return
        idle = await self._in("outbox", self._sender.idle_for) if room else self._pace.look_again
        if idle > 0:
            await _wait(rung, min(idle, self._pace.look_again))

    async def _finish(self, sending: set[asyncio.Task[None]], finished: list[Any]) -> None:
        """What was begun is let end and is recorded; a try that outlasts the stop keeps its lease and is
        taken up by the next start as one that may have arrived."""
        if sending:
            await asyncio.wait(sending, timeout=self._pace.stop_within)
        for task in sending:
            task.cancel()
        for _ in range(LAST_RECORDS):
            try:
                await self._in("outbox", self._sender.record, finished)
                break
            except Exception:
                log.exception("The last tries could not be recorded; unrecorded, they are sent again.")
                await asyncio.sleep(self._pace.after_error)

    async def _keep_running(self, job: Job) -> None:
        while not self._stopping.is_set():
            try:
                await self._in("schedule", job.run)
            except Exception:
                log.exception("The scheduled job %s failed; it runs again in %g s.", job.name, job.every)
            await self._rest(job.every)

    async def _rest(self, seconds: float) -> None:
        await _wait(self._stopping, seconds)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)

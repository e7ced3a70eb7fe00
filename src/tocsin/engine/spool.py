"""What was accepted and is not yet digested, on disk: written by the door, read by the worker.

One SQLite file of its own beside the main one, shared by two processes. An entry that `append` has answered for
survives a power cut; an id is never used twice, so the worker remembers how far it came as one number.
"""

import asyncio
import logging
import os
import shutil
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from itertools import chain, repeat
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import NamedTuple

from tocsin.core import faults
from tocsin.engine import sqlite

# At 500 rows the fsync is 2 % of the time; alone, it is 92 %.
GROUP = 512
GROUP_BYTES = 16 * 1024 * 1024
# The main database is on the same disk: were it filled to the brim here, the worker could not catch up.
RESERVE = 64 * 1024 * 1024
BUSY_SECONDS = 2.0
MEASURE_SECONDS = 0.25
COLUMNS = "project_id, received, kind, encoding, event_id, client, body"
LOG = logging.getLogger("tocsin.spool")
NOTHING = (None,) * 7
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT OR IGNORE INTO meta VALUES ('identity', lower(hex(randomblob(16))));
CREATE TABLE IF NOT EXISTS spool (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL,
    received REAL NOT NULL,
    kind TEXT NOT NULL,
    encoding TEXT NOT NULL,
    event_id TEXT NOT NULL,
    client TEXT NOT NULL,
    body BLOB NOT NULL
);
"""


class SpoolUnavailableError(RuntimeError):
    """The spool cannot be written or read now (disk full, locked, broken); it may be again later."""


class Accepted(NamedTuple):
    """One body that was answered 200. `received` is seconds since 1970; `kind` is "envelope" or "store".

    The body is as it came, packed with `encoding`, unless it carried much that is never digested.
    """

    id: int
    project_id: int
    received: float
    kind: str
    encoding: str
    event_id: str
    client: str
    body: bytes


class _Depth(NamedTuple):
    """How much is accepted and not yet forgotten; `bytes` is what the file holds for it."""

    events: int
    bytes: int


Row = tuple[int, float, str, str, str, str, bytes]
Waiting = tuple[Row, asyncio.Future[None]]


class SpoolWriter:
    """The door's side: many requests append, one thread commits them in groups.

    While one group is committed the next gathers, so a slow disk makes groups larger, not queues longer.
    `on_commit` is called in the event loop with the number of entries of each group once they are on disk.
    Errors reach only the requests that wait for that group; the next group tries anew. `reserve` is how many
    bytes of the disk are never taken.
    """

    def __init__(self, path: Path, on_commit: Callable[[int], None], reserve: int = RESERVE) -> None:
        """Opens the file, made if need be; raises SpoolUnavailableError when that fails."""
        self._path = path
        self._reserve = reserve
        self._on_commit = on_commit
        self._connection: sqlite.Connection | None = _open(path)
        self._measured = _measure(self._connection)
        self._measured_at = monotonic()
        self._unmeasured = _Depth(0, 0)
        self._waiting: deque[Waiting] = deque()
        self._is_busy = False
        self._idle: asyncio.Event | None = None
        self._is_closed = False
        self._problem = ""
        self._groups: SimpleQueue[tuple[asyncio.AbstractEventLoop, list[Waiting]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._commit_groups, name="spool", daemon=True)
        self._thread.start()

    def append(self, row: Row) -> asyncio.Future[None]:
        """Keeps one body, given as Accepted's fields without the id. Done once it is on disk.

        The future raises SpoolUnavailableError when it could not be kept.
        """
        if self._is_closed:
            raise SpoolUnavailableError("The spool is closed: the server is stopping")
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._waiting.append((row, future))
        if not self._is_busy:
            self._is_busy = True
            # After this turn of the loop: all requests that are ready now share the first group.
            loop.call_soon(self._hand_over, loop)
        return future

    def depth(self) -> int:
        """How many entries are accepted and not yet forgotten, O(1); forgetting is seen 0.25 s later.

        To be asked in the event loop.
        """
        if not self._is_busy and not self._is_closed and monotonic() - self._measured_at > MEASURE_SECONDS:
            self._is_busy = True
            self._hand_over(asyncio.get_running_loop())
        return self._measured.events + self._unmeasured.events + len(self._waiting)

    def size(self) -> int:
        """How many bytes the file holds for them, as exact as `depth`."""
        return self._measured.bytes + self._unmeasured.bytes

    async def close(self) -> None:
        """Takes nothing more, commits what waits, and closes the file."""
        self._is_closed = True
        if self._is_busy:
            self._idle = asyncio.Event()
            await self._idle.wait()
        self._groups.put(None)
        await asyncio.to_thread(self._thread.join)

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        group: list[Waiting] = []
        size = 0
        while self._waiting and len(group) < GROUP and size < GROUP_BYTES:
            group.append(self._waiting.popleft())
            size += len(group[-1][0][-1])
        events, total = self._unmeasured
        self._unmeasured = _Depth(events + len(group), total + size)
        self._groups.put((loop, group))

    def _settle(
        self, loop: asyncio.AbstractEventLoop, group: list[Waiting], problem: str, measured: _Depth | None
    ) -> None:
        if problem:
            events, total = self._unmeasured
            self._unmeasured = _Depth(events - len(group), total - sum(len(row[-1]) for row, _ in group))
        if measured:
            self._measured, self._unmeasured = measured, _Depth(0, 0)
            self._measured_at = monotonic()
        for _, future in group:
            if future.done():  # the client went away
                continue
            if problem:
                future.set_exception(SpoolUnavailableError(problem))
            else:
                future.set_result(None)
        if group and not problem:
            self._on_commit(len(group))
        self._next(loop)

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._waiting:
            self._hand_over(loop)
            return
        self._is_busy = False
        if self._idle:
            self._idle.set()

    def _commit_groups(self) -> None:
        """The writer thread."""
        measured_at = monotonic()
        while (handed := self._groups.get()) is not None:
            loop, group = handed
            problem, measured = "", None
            try:
                connection = self._connection = self._connection or _open(self._path)
                if group:
                    _require_room(self._path, self._reserve)
                    faults.point("spool.before_commit")
                    _insert(connection, [row for row, _ in group])
                    faults.point("spool.after_commit")
                if not group or monotonic() - measured_at > MEASURE_SECONDS:
                    measured, measured_at = _measure(connection), monotonic()
            except Exception as error:  # noqa: BLE001 - the thread has to outlive whatever a disk can do
                problem = f"The spool cannot be written: {error}"
                self._forget_connection()
            self._tell(problem)
            with suppress(RuntimeError):  # the loop was ended without `close`: nobody waits any more
                loop.call_soon_threadsafe(self._settle, loop, group, problem, measured)
        self._forget_connection()

    def _tell(self, problem: str) -> None:
        # Once for each trouble: a log on the same full disk helps nobody.
        if problem and not self._problem:
            LOG.error("%s. Events are answered 503 until it can.", problem)
        if self._problem and not problem:
            LOG.warning("The spool can be written again.")
        self._problem = problem

    def _forget_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class SpoolReader:
    """The worker's side: reads in order, and forgets what is digested. For one thread."""

    def __init__(self, path: Path) -> None:
        """Opens the file, made if need be; raises SpoolUnavailableError when that fails."""
        self._connection = _open(path)
        # The door checkpoints: with SQLite before 3.51.3, two who do it at once may corrupt the file. And a
        # forgotten entry that comes back after a power cut does no harm, so forgetting waits for no fsync.
        self._connection.execute("PRAGMA wal_autocheckpoint = 0")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        found = self._connection.execute("SELECT value FROM meta WHERE name = 'identity'").fetchone()
        self.identity: str = found[0]

    def read(self, after: int, limit: int, max_bytes: int) -> list[Accepted]:
        """The entries that follow an id, oldest first: at most `limit`, and no more once `max_bytes` is reached."""
        entries: list[Accepted] = []
        size = 0
        try:
            rows = self._connection.execute(
                f"SELECT id, {COLUMNS} FROM spool WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608
                (after, limit),
            )
            for row in rows:
                entries.append(Accepted._make(row))
                size += len(entries[-1].body)
                if size >= max_bytes:
                    break
            rows.close()
        except sqlite.Error as error:
            raise SpoolUnavailableError(f"The spool cannot be read: {error}") from None
        return entries

    def forget(self, up_to: int) -> None:
        """Drops the entries up to and with an id, which has been digested durably."""
        try:
            self._connection.execute("DELETE FROM spool WHERE id <= ?", (up_to,))
        except sqlite.Error as error:
            raise SpoolUnavailableError(f"The spool cannot be written: {error}") from None

    def close(self) -> None:
        self._connection.close()


def append_one(path: Path, *row: *Row) -> None:
    """Keeps one body from a thread without an event loop; on disk when this returns.

    Raises SpoolUnavailableError when it could not be kept.
    """
    connection = _open(path)
    try:
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # the door's business, see SpoolReader
        _insert(connection, [row])
    except sqlite.Error as error:
        raise SpoolUnavailableError(f"The spool cannot be written: {error}") from None
    finally:
        connection.close()


def _open(path: Path) -> sqlite.Connection:
    try:
        # Bodies are people's data. The WAL beside the file takes over its mode.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
    except (OSError, sqlite.Error) as error:
        raise SpoolUnavailableError(f"The spool {path} cannot be opened: {error}") from None
    return connection


def _insert(connection: sqlite.Connection, rows: list[Row]) -> None:
    """All rows by one statement that is its own transaction.

    SQLite's calls give up the GIL, and beside a busy thread each takes up to 5 ms to get it back: a row
    each made 240 rows/s where this makes 4,600. Short groups are filled up with rows that the statement
    leaves out, so that there are ten statements to prepare and not 512.
    """
    size = 1 << (len(rows) - 1).bit_length()
    values = chain.from_iterable(chain(rows, repeat(NOTHING, size - len(rows))))
    connection.execute(_insert_of(size), list(values)).close()


@cache
def _insert_of(size: int) -> str:
    rows = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * size)
    return f"INSERT INTO spool ({COLUMNS}) SELECT * FROM (VALUES {rows}) WHERE column7 IS NOT NULL"  # noqa: S608


def _require_room(path: Path, reserve: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if free < reserve:
        raise OSError(f"{free:,} bytes are free, fewer than the {reserve:,} that the digest needs to catch up")


def _measure(connection: sqlite.Connection) -> _Depth:
    """Counted from the ends, as ids have no holes but those that a failed group left."""
    events, pages, free, size = connection.execute(
        "SELECT (SELECT coalesce(max(id) + 1, 0) FROM spool) - (SELECT coalesce(min(id), 0) FROM spool),"
        " page_count, freelist_count, page_size"
        " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
    ).fetchone()
    return _Depth(events, (pages - free) * size)

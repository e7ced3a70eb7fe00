"""Whose turn it is to write, among the threads and processes of one machine that share a SQLite file.

SQLite's busy handler sleeps 1, 2, 5 … 100 ms between tries, and whoever tries just then gets it: beside a worker
that writes batch after batch, a page waited for seconds to commit for a millisecond. Here who waits comes next.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

# The first byte belongs to who comes next, the second to whose turn it is. A process that dies gives up both.
_NEXT, _NOW = 0, 1
LOOK_AGAIN = 0.0005
# What other threads of a process wait with goes in the same turn: eight acknowledgements take 10 ms, and each alone
# would wait for a batch of the worker's, 50 ms.
TOGETHER = 0.02


class Turnstile:
    """A queue with room for one process before the door: who has just left waits behind whoever waited meanwhile.

    Among processes it is courtesy, not a lock: after `patience` seconds everybody goes on, and SQLite, which has
    the lock, decides.
    """

    def __init__(self, path: Path, patience: float, beside: Path | None = None) -> None:
        """Opens the file, made if need be, for those who can open the one that it stands beside. Raises OSError."""
        self._file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        if beside is not None:
            _belongs_to_the_same(self._file, beside)
        self._patience = patience
        self._mine = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0  # threads of this process
        self._since: float | None = None
        self._whose = 0
        self._never = threading.Event()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One thread's turn; asked for within it (what follows a commit may write), it is the same one."""
        if self._whose == threading.get_ident():
            yield
            return
        self._count(1)
        with self._mine:
            self._count(-1)
            if self._since is None:
                self._enter()
            self._whose = threading.get_ident()
            try:
                yield
            finally:
                self._whose = 0
                self._leave()

    def close(self) -> None:
        os.close(self._file)

    def _count(self, more: int) -> None:
        with self._counting:
            self._waiting += more

    def _enter(self) -> None:
        until = monotonic() + self._patience
        self._wait_for(_NEXT, until)
        self._wait_for(_NOW, until)
        self._give_up(_NEXT)
        self._since = monotonic()

    def _leave(self) -> None:
        """Unless somebody of this process waits, and it was not for long."""
        if not self._waiting or self._since is None or monotonic() - self._since > TOGETHER:
            self._give_up(_NOW)
            self._since = None

    def _wait_for(self, place: int, until: float) -> None:
        while not self._got(place) and monotonic() < until:
            self._never.wait(LOOK_AGAIN)

    def _got(self, place: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):
            return False
        except OSError:
            return True  # this file system has no locks, so nobody is asked to wait
        return True

    def _give_up(self, place: int) -> None:
        with suppress(OSError):
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)


def _belongs_to_the_same(file: int, beside: Path) -> None:
    """As SQLite does with its own files: what root made while it ran a command once, the service can still open."""
    with suppress(OSError):
        its = beside.stat()
        if os.geteuid() == 0:
            os.fchown(file, its.st_uid, its.st_gid)
        os.fchmod(file, its.st_mode & 0o666)

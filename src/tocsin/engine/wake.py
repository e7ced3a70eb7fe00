"""A bell between the processes of one machine: "there is work", without polling and without waiting.

A lost ring costs nothing but time: every loop also looks by itself, and the rows are the truth.
"""

import atexit
import contextlib
import hashlib
import os
import socket
import tempfile
from pathlib import Path

from django.conf import settings


class Bell:
    """Rings the worker of one data folder; never blocks, never fails."""

    def __init__(self, path: Path) -> None:
        self._path = _address(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def ring(self, stage: str) -> None:
        # Nobody listening, or a full queue of rings that say the same: both are fine.
        with contextlib.suppress(OSError):
            self._socket.sendto(stage.encode(), self._path)

    def close(self) -> None:
        self._socket.close()


class Listener:
    """The worker's end. One worker a data folder: whoever binds last hears."""

    def __init__(self, path: Path) -> None:
        self._path = Path(_address(path))
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(str(self._path))
        self._path.chmod(0o600)

    def heard(self) -> frozenset[str]:
        """The stages that were rung since the last look."""
        stages: set[str] = set()
        with contextlib.suppress(BlockingIOError):
            while True:
                stages.add(self.socket.recv(64).decode(errors="replace"))
        return frozenset(stages)

    def close(self) -> None:
        self.socket.close()
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()


_bells: dict[tuple[int, Path], Bell] = {}


@atexit.register
def _close_bells() -> None:
    for bell in _bells.values():
        bell.close()


def ring(stage: str, path: Path | None = None) -> None:
    """Ring from wherever; one socket per process and folder is kept."""
    at = path or settings.TOCSIN.wake_socket
    key = (os.getpid(), at)
    with contextlib.suppress(OSError):  # no descriptor left to make a socket with
        if key not in _bells:
            _bells[key] = Bell(at)
        _bells[key].ring(stage)


def _address(path: Path) -> str:
    """Where the socket lies: a Unix socket's path may not be longer than 107 bytes, a folder's may."""
    if len(os.fsencode(path)) <= 107:
        return str(path)
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:24]
    return str(Path(tempfile.gettempdir()) / f"tocsin-{name}.sock")

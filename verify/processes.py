"""Processes as the kernel knows them: who started whom, who still runs, how all of it dies at once."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection
from pathlib import Path


def children_of(pid: int) -> set[int]:
    try:
        return {
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if _runs(child)
        }
    except OSError:
        return set()


def kill(process: subprocess.Popen[bytes], children: Collection[int], within: float) -> None:
    """kill -9 of a process and its children; returns when they are gone."""
    for pid in (process.pid, *children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    until(lambda: not any(_runs(pid) for pid in children), within, "a killed process does not end")


def until(holds: Callable[[], object], within: float, wrong: str) -> None:
    end = time.monotonic() + within
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError(wrong)
        time.sleep(0.01)


def _runs(pid: int | str) -> bool:
    """Alive, and no zombie that waits for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

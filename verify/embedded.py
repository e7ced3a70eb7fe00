"""`tocsin up` on a data folder of its own: front and worker in one process tree, everything in SQLite."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.kit.frame import ROOT, data_environment, folder, free_port, python, wait_for_port

from tocsin.engine import sqlite
from verify import ledger
from verify.ledger import LONG_AGO, Ledger
from verify.world import PROJECT

ENDS_WITHIN = 10.0


class Embedded:
    """One instance that is started, killed and started again."""

    project = PROJECT

    def __init__(self, place: Path, sink_url: str) -> None:
        self.port = free_port()
        self._place = place
        self._environment = data_environment(
            place,
            TOCSIN_URL=f"http://127.0.0.1:{self.port}",
            TOCSIN_OUTBOUND_ALLOW="127.0.0.0/8",
            TOCSIN_SLACK_API_URL=sink_url,
        )
        self._front: subprocess.Popen[bytes] | None = None
        self._workers: set[int] = set()

    def start(self, fault: str = "") -> None:
        """Returns once the door is open and the worker listens; armed to die at `fault`, if any."""
        bell = self._place / "wake.sock"
        bell.unlink(missing_ok=True)
        with (self._place / "up.log").open("ab") as log:
            self._front = subprocess.Popen(
                python("-m", "tocsin.ops", "up", "--port", str(self.port), "--data", str(self._place)),
                env=self._environment | {"TOCSIN_FAULT": fault},
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for_port(self.port)
        _until(bell.exists, f"no worker came up; see {self._place}/up.log")
        self._workers = _children_of(self._front.pid)

    def has_died(self) -> bool:
        """Whether the front or the worker is gone."""
        front = self._front
        return front is None or front.poll() is not None or not (self._workers & _children_of(front.pid))

    def kill(self) -> None:
        """kill -9 of everything that is left."""
        front, self._front = self._front, None
        if front is None:
            return
        children = self._workers | _children_of(front.pid)
        for pid in (front.pid, *children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        front.wait()
        _until(lambda: not any(_runs(pid) for pid in children), "a killed worker does not end")

    def stop(self) -> None:
        """In order, as an operator does."""
        if self._front:
            self._front.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._front.wait(ENDS_WITHIN)
        self.kill()

    def let_leases_end(self) -> None:
        """What the killed worker had claimed is leased for 90 s: a round has not that long, so they pass here."""
        connection = sqlite.connect(self._place / "tocsin.sqlite3", isolation_level=None)
        try:
            connection.execute("UPDATE store_delivery SET lease_until = ? WHERE state = 'sending'", (LONG_AGO,))
            connection.execute("UPDATE store_lane SET busy_until = ? WHERE busy_until IS NOT NULL", (LONG_AGO,))
        finally:
            connection.close()

    def ledger(self) -> Ledger:
        """What the database says now, read from outside."""
        return Ledger(
            entries=[ledger.entry(row) for row in self._rows("tocsin.sqlite3", ledger.DELIVERIES)],
            intents=self._rows("tocsin.sqlite3", ledger.INTENTS)[0][0],
            waiting=self._rows("spool.sqlite3", "SELECT count(*) FROM spool")[0][0],
        )

    def _rows(self, file: str, sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite.connect(f"file:{self._place / file}?mode=ro", uri=True, timeout=10)
        try:
            return list(connection.execute(sql).fetchall())
        finally:
            connection.close()


@contextmanager
def founded() -> Iterator[Path]:
    """The folder that rounds are copies of."""
    with folder() as place:
        environment = data_environment(place)
        subprocess.run(python("-m", "verify.world"), env=environment, cwd=ROOT, check=True, timeout=60)
        yield place


@contextmanager
def instance(template: Path, sink_url: str) -> Iterator[Embedded]:
    """A copy of the founded instance; everything of it is ended with the block."""
    with folder() as place:
        shutil.copytree(template, place, dirs_exist_ok=True)
        made = Embedded(place, sink_url)
        try:
            yield made
        finally:
            made.kill()


def _children_of(pid: int) -> set[int]:
    try:
        return {
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if _runs(child)
        }
    except OSError:
        return set()


def _runs(pid: int | str) -> bool:
    """Alive, and no zombie that waits for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(holds: Callable[[], bool], wrong: str) -> None:
    until = time.monotonic() + ENDS_WITHIN
    while not holds():
        if time.monotonic() > until:
            raise RuntimeError(wrong)
        time.sleep(0.01)

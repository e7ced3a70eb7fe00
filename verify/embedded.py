"""`tocsin up` on a data folder of its own: front and worker in one process tree, everything in SQLite."""

import contextlib
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.kit.frame import ROOT, data_environment, folder, free_port, python, wait_for_port

from tocsin.engine import sqlite
from verify import ledger, processes
from verify.ledger import Ledger
from verify.points import EMBEDDED as POINTS
from verify.world import PROJECT

# A start takes two seconds, and far longer on a machine that does other things.
COMES_UP_WITHIN = 120.0
ENDS_WITHIN = 60.0

__all__ = ["POINTS", "Embedded", "founded", "instance", "lacking"]


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
        wait_for_port(self.port, COMES_UP_WITHIN)
        processes.until(bell.exists, COMES_UP_WITHIN, f"no worker came up; see {self._place}/up.log")
        self._workers = processes.children_of(self._front.pid)

    def has_died(self) -> bool:
        """Whether the front or the worker is gone."""
        front = self._front
        return front is None or front.poll() is not None or not (self._workers & processes.children_of(front.pid))

    def kill(self, only: str = "") -> None:
        """kill -9 of everything that is left; there are no parts that could die alone."""
        assert not only
        front, self._front = self._front, None
        if front is None:
            return
        processes.kill(front, self._workers | processes.children_of(front.pid), ENDS_WITHIN)

    def stop(self) -> None:
        """In order, as an operator does."""
        if self._front:
            self._front.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._front.wait(ENDS_WITHIN)
        self.kill()

    def deafen(self, within: float) -> bool:
        """There is no broker."""
        del within
        return False

    def let_leases_end(self) -> None:
        """The next worker ends them by itself, as it knows that the last one is dead."""

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


def lacking() -> str:
    """What it needs and does not find; nothing."""
    return ""


@contextmanager
def founded() -> Iterator[Path]:
    """The folder that rounds are copies of."""
    with folder() as place:
        environment = data_environment(place)
        subprocess.run(python("-m", "verify.world"), env=environment, cwd=ROOT, check=True, timeout=300)
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

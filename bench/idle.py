"""What Tocsin costs while nothing happens, and how long it takes to start.

`python -m bench.idle` starts the real `tocsin up` on an empty data folder until `/-/healthz` answers and the DSN
is on the screen; lets it settle for 5 s; then reads, over 20 s, the memory of the whole process tree (PSS: shared
pages are counted once) and its processor time. Then it stops it, and starts it again on the same folder.
"""

import argparse
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.kit.frame import Result, data_environment, finish, folder, free_port, machine, python, running

SETTLE = 5.0
IDLE = 20.0
MEMORY = 180.0
CPU = 1.0
FIRST_START = 60.0
LATER_START = 3.0
STARTS_WITHIN = 90.0


def main(settle: float = SETTLE, idle: float = IDLE) -> int:
    with folder() as place:
        # Compiled modules go into the folder, so the first start compiles them all, as on a fresh machine.
        environment = data_environment(place / "data", PYTHONPYCACHEPREFIX=str(place / "compiled"))
        with started(environment, place / "first.log") as (pid, first):
            print(f"{machine()}; first start {first:.2f} s")
            time.sleep(settle)
            seen = watch(pid, idle)
        with started(environment, place / "later.log") as (_, later):
            print(f"later start {later:.2f} s")
    for one in seen.processes:
        print(f"{one.name}: PSS {one.pss:.0f} MB, RSS {one.rss:.0f} MB")
    print(f"whole tree: PSS {seen.pss:.0f} MB, RSS {seen.rss:.0f} MB; {seen.cpu:.2f} % of a core over {idle:g} s")
    is_ok = seen.pss <= MEMORY and seen.cpu <= CPU and first <= FIRST_START and later <= LATER_START
    return finish(Result("idle", seen.pss, "MB", MEMORY, seen.pss / MEMORY, ok=is_ok))


@dataclass(frozen=True)
class Process:
    name: str
    pss: float  # MB
    rss: float  # MB


@dataclass(frozen=True)
class Seen:
    """A process tree over a while: its memory at the end, and the share of one core that it took, in %."""

    processes: tuple[Process, ...]
    cpu: float

    @property
    def pss(self) -> float:
        return sum(one.pss for one in self.processes)

    @property
    def rss(self) -> float:
        return sum(one.rss for one in self.processes)


@contextmanager
def started(environment: dict[str, str], log: Path) -> Iterator[tuple[int, float]]:
    """`tocsin up` while the block lasts: its process, and the seconds until it answered and had said its DSN."""
    port = free_port()
    began = time.monotonic()
    with running(python("-m", "tocsin.ops", "up", "--port", str(port)), environment, log) as process:
        while not (b"DSN" in log.read_bytes() and answers(port)):
            if process.poll() is not None or time.monotonic() - began > STARTS_WITHIN:
                raise SystemExit("tocsin up did not start")
            time.sleep(0.01)
        yield process.pid, time.monotonic() - began


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def watch(root: int, seconds: float) -> Seen:
    before = sum(map(ticks, tree(root)))
    time.sleep(seconds)
    pids = list(tree(root))
    spent = (sum(map(ticks, pids)) - before) / os.sysconf("SC_CLK_TCK")
    return Seen(tuple(map(memory, pids)), 100 * spent / seconds)


def tree(root: int) -> Iterator[int]:
    """A process and all that it started."""
    yield root
    for task in Path(f"/proc/{root}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from tree(int(child))


def ticks(pid: int) -> int:
    """The processor time of a process, in clock ticks; its name in the line may hold spaces."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def memory(pid: int) -> Process:
    found = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    name = " ".join(part for part in command_line(pid) if part in ("up", "worker")) or "process"
    return Process(name, _megabytes(found["Pss"]), _megabytes(found["Rss"]))


def command_line(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")


def _megabytes(kilobytes: str) -> float:
    return int(kilobytes.split(maxsplit=1)[0]) * 1024 / 1e6


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settle", type=float, default=SETTLE)
    parser.add_argument("--idle", type=float, default=IDLE)
    given = parser.parse_args()
    sys.exit(main(given.settle, given.idle))

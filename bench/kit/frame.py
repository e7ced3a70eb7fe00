"""The frame of every benchmark: folders, ports, rounds, what it prints, and the one line that machines read."""

import json
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMES_UP_WITHIN = 20.0
ENDS_WITHIN = 20.0


@dataclass(frozen=True, slots=True)
class Result:
    """What a benchmark found; `ratio` is value over limit, `peers` are others' figures in the same unit."""

    bench: str
    value: float
    unit: str
    limit: float
    ratio: float
    ok: bool
    peers: Mapping[str, float] = field(default_factory=dict)

    def line(self) -> str:
        return json.dumps(
            {
                "bench": self.bench,
                "value": _tidy(self.value),
                "unit": self.unit,
                "limit": _tidy(self.limit),
                "ratio": round(self.ratio, 3),
                "peers": {name: _tidy(value) for name, value in self.peers.items()},
                "ok": self.ok,
            }
        )


def finish(result: Result) -> int:
    """Prints the last line; the exit code says whether the bars hold."""
    print(result.line(), flush=True)
    return 0 if result.ok else 1


def _tidy(value: float) -> float:
    return round(value) if abs(value) >= 100 else round(value, 2)


def paired_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios: neighbours in time share what else the machine was doing."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all are at or below, by nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def machine() -> str:
    """CPU, cores, system and interpreter; no name of the machine."""
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {cores} cores, {platform.system()}, Python {platform.python_version()}"


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder on a real disk: fsync in memory would flatter."""
    path = Path(tempfile.mkdtemp(prefix="tocsin-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, within: float = COMES_UP_WITHIN) -> None:
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.01)
    raise SystemExit(f"Nothing answers on port {port} after {within:g} s")


def data_environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a process on a data folder: this one's, without settings that a developer has set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    # So that a process does not compile what the one before it has compiled.
    kept["PYTHONPYCACHEPREFIX"] = str(ROOT / ".cache" / "compiled")
    return kept | {"TOCSIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "tocsin.ops.django_settings", **more}


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], log: Path, cwd: Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours while the block lasts; what it says goes to a log, shown if the block fails."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, env=dict(environment), cwd=cwd, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process
    except BaseException:
        print(f"--- {log.name}:\n{log.read_text(errors='replace')[-4000:]}", file=sys.stderr)
        raise
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM and, for one that does not listen, SIGKILL."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

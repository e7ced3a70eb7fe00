"""The peer: Bugsink 2.6 as its single-server guide sets it up, at a front door and a worker of its own.

`script/services bugsink` brings it into .cache/bugsink. Its limits on events per minute are raised and it does
not phone home; all else is as `bugsink-create-conf --template=singleserver` writes it.
"""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, rmtree

from bench.kit import wrk
from bench.kit.frame import COMES_UP_WITHIN, ROOT, free_port, running, wait_for_port

HOME = ROOT / ".cache" / "bugsink"
PREPARED = HOME / "prepared"
KEY = "b" * 32
BEGINS_WITHIN = 20.0
WORKERS = 4  # gunicorn's and snappea's, as in the guide and its template
CHANGES = """
BUGSINK["PHONEHOME"] = False
for limit in ("5_MINUTES", "HOUR", "MONTH"):
    BUGSINK[f"MAX_EVENTS_PER_PROJECT_PER_{limit}"] = BUGSINK[f"MAX_EVENTS_PER_{limit}"] = 100_000_000
"""
PROJECT = f"""
from projects.models import Project
Project.objects.create(name="Shop", sentry_key="{KEY}")
"""


def is_here() -> bool:
    """Whether Bugsink is installed; says how to bring it when it is not."""
    if (HOME / "bin" / "gunicorn").exists():
        return True
    print("Bugsink is not here to be compared with: run  script/services bugsink", file=sys.stderr)
    return False


def front_door(folder: Path, bodies: Sequence[bytes], seconds: int = 3) -> float:
    """Events per second that its front door accepts over 32 connections; its worker does not run meanwhile."""
    until = time.monotonic() + COMES_UP_WITHIN
    with _serving(folder) as port:
        # Its processes load their code with the first request.
        while time.monotonic() < until and not wrk.run(folder, port, _requests(bodies), 1).answered:
            pass
        return wrk.run(folder, port, _requests(bodies), seconds).rate


def digest(folder: Path, bodies: Sequence[bytes], enough: int = 400, seconds: float = 8.0) -> float:
    """Events per second that its worker digests, with its front door at rest."""
    until = time.monotonic() + seconds
    with _serving(folder) as port:
        while (accepted := _waiting(folder)) < enough and time.monotonic() < until:
            wrk.run(folder, port, _requests(bodies[accepted:]), 1)
    with running([_program("bugsink-runsnappea")], _environment(folder), folder / "snappea.log", cwd=folder):
        until = time.monotonic() + BEGINS_WITHIN
        while not (first := _digested(folder)):
            if time.monotonic() > until:
                raise SystemExit(f"Bugsink's worker digested nothing within {BEGINS_WITHIN:g} s")
            time.sleep(0.02)
        began = time.monotonic()
        while (last := _digested(folder)) < accepted and time.monotonic() < began + seconds:
            time.sleep(0.05)
        took = time.monotonic() - began
    if last == first:
        raise SystemExit(
            f"Of {accepted} events Bugsink's worker digested {first}, and none in {took:.1f} s after them"
        )
    return (last - first) / took


def _waiting(folder: Path) -> int:
    """How many events it has accepted and not digested."""
    return sum(path.is_file() for path in (folder / "ingestion").rglob("*"))


@contextmanager
def _serving(folder: Path) -> Iterator[int]:
    port = free_port()
    _set_up(folder)
    command = [_program("gunicorn"), f"--bind=127.0.0.1:{port}", f"--workers={WORKERS}", "--timeout=6"]
    with running([*command, "bugsink.wsgi"], _environment(folder), folder / "gunicorn.log", cwd=folder):
        wait_for_port(port)
        yield port


def _set_up(folder: Path) -> None:
    """A configuration for this folder, and a copy of databases that were migrated once."""
    if not (PREPARED / "ready").exists():
        _prepare()
    copytree(PREPARED, folder, dirs_exist_ok=True)
    _configure(folder)


def _prepare() -> None:
    print("Preparing Bugsink's databases, once")
    rmtree(PREPARED, ignore_errors=True)
    PREPARED.mkdir()
    _configure(PREPARED)
    _run(PREPARED, "bugsink-manage", "migrate")
    _run(PREPARED, "bugsink-manage", "migrate", "snappea", "--database=snappea")
    _run(PREPARED, "bugsink-manage", "shell", "-c", PROJECT)
    (PREPARED / "ready").touch()


def _configure(folder: Path) -> None:
    conf = folder / "bugsink_conf.py"
    conf.unlink(missing_ok=True)
    _run(folder, "bugsink-create-conf", "--template=singleserver", f"--base-dir={folder}")
    conf.write_text(conf.read_text() + CHANGES)


def _run(folder: Path, program: str, *arguments: str) -> None:
    done = subprocess.run(
        [_program(program), *arguments],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode:
        raise SystemExit(f"{program} failed:\n{done.stdout}{done.stderr}")


def _requests(bodies: Sequence[bytes]) -> list[bytes]:
    headers = {
        "Content-Type": "application/x-sentry-envelope",
        "Content-Encoding": "gzip",
        "User-Agent": "sentry.python/2.75.0",
        "X-Sentry-Auth": f"Sentry sentry_key={KEY}, sentry_version=7, sentry_client=sentry.python/2.75.0",
    }
    return [wrk.post("/api/1/envelope/", headers, body) for body in bodies]


def _digested(folder: Path) -> int:
    with sqlite3.connect(f"file:{folder / 'db.sqlite3'}?mode=ro", uri=True, timeout=10) as connection:
        found: int = connection.execute("SELECT count(*) FROM events_event").fetchone()[0]
    return found


def _program(name: str) -> str:
    return str(HOME / "bin" / name)


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": f"{HOME / 'bin'}:/usr/bin:/bin",
        "PYTHONPATH": str(folder),
        "HOME": str(folder),
        "PWD": str(folder),
    }

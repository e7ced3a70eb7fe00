"""A copy of everything that is kept, taken while it is in use, and its way back."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tocsin.engine import sqlite
from tocsin.ops.archive import DUMP, KEY, MAIN, SPOOL
from tocsin.ops.settings import Settings

DUMP_TAKES_AT_MOST = 6 * 3600  # seconds


class SnapshotError(RuntimeError):
    """It could not be copied or put back; the words say why and what to do."""


def take(settings: Settings, folder: Path) -> list[Path]:
    """Copies spool, database and key into a folder.

    The spool first: what it holds and the database has digested meanwhile is known there and skipped. The other
    way round, what was digested in between would be in neither.
    """
    made = []
    if settings.spool.exists():
        made.append(_copied(settings.spool, folder / SPOOL))
    if settings.database_url:
        made.append(_dumped(settings.database_url, folder / DUMP))
    else:
        made.append(_copied(settings.database, folder / MAIN))
    if (folder / SPOOL).exists():
        _skip_what_is_digested(folder / SPOOL, _position(settings, folder))
    if (settings.data / KEY).exists() and not settings.secret_key:
        shutil.copyfile(settings.data / KEY, folder / KEY)
        made.append(folder / KEY)
    return made


def put_back(settings: Settings, folder: Path) -> None:
    """Moves what a backup held into the data folder, in the place of what is there."""
    for name in (MAIN, SPOOL):
        if (folder / name).exists():
            _require_whole(folder / name)
    if (folder / DUMP).exists():
        _restored(settings.database_url, folder / DUMP)
    for name in (MAIN, SPOOL):
        for old in (name, f"{name}-wal", f"{name}-shm", f"{name}-journal"):
            (settings.data / old).unlink(missing_ok=True)
    for name in (KEY, MAIN, SPOOL):
        if (folder / name).exists():
            (folder / name).replace(settings.data / name)
    _sync(settings.data)


def _copied(source: Path, target: Path) -> Path:
    """By SQLite's own backup: one moment of the file, while others write."""
    if not source.exists():
        raise SnapshotError(f"There is no database at {source}. Set TOCSIN_DATA or --data.")
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600))
    reading, writing = sqlite.connect(f"file:{source}?mode=ro", uri=True, timeout=20), sqlite.connect(str(target))
    try:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")  # one file, without a WAL beside it
    except sqlite.Error as error:
        raise SnapshotError(f"{source} could not be copied: {error}") from None
    finally:
        writing.close()
        reading.close()
    return target


def _position(settings: Settings, folder: Path) -> int:
    """How far the saved database has digested the saved spool."""
    spool = sqlite.connect(str(folder / SPOOL))
    identity = spool.execute("SELECT value FROM meta WHERE name = 'identity'").fetchone()[0]
    spool.close()
    if settings.database_url:
        from tocsin.store.writes.events import position_of

        return position_of(identity)
    main = sqlite.connect(str(folder / MAIN))
    found = main.execute("SELECT position FROM store_spoolposition WHERE spool = ?", (identity,)).fetchone()
    main.close()
    return int(found[0]) if found else 0


def _skip_what_is_digested(spool: Path, position: int) -> None:
    """An id that the saved database takes for done is never given again: that event would be skipped."""
    connection = sqlite.connect(str(spool), isolation_level=None)
    connection.execute("DELETE FROM spool WHERE id <= ?", (position,))
    connection.execute(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'spool', 0 WHERE NOT EXISTS"
        " (SELECT 1 FROM sqlite_sequence WHERE name = 'spool')"
    )
    connection.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'spool'", (position,))
    connection.close()


def _require_whole(path: Path) -> None:
    try:
        connection = sqlite.connect(str(path))
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        connection.close()
    except sqlite.Error as error:
        found = str(error)
    if found != "ok":
        raise SnapshotError(f"{path.name} in the backup is damaged ({found}). Take another backup.")


def _dumped(url: str, target: Path) -> Path:
    _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={target}")
    return target


def _restored(url: str, source: Path) -> None:
    if not url:
        raise SnapshotError("The backup is of a PostgreSQL database. Set TOCSIN_DATABASE_URL to where it goes.")
    _run(
        "pg_restore",
        url,
        "--clean",
        "--if-exists",
        "--no-owner",
        "--single-transaction",
        "--exit-on-error",
        str(source),
    )


def _run(program: str, url: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise SnapshotError(f"{program} is not installed. On Debian: apt install postgresql-client")
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    who = f"{parts.username}@" if parts.username else ""
    plain = f"postgres://{who}{host}{parts.path}{f'?{parts.query}' if parts.query else ''}"
    # The password goes by the environment: arguments are seen by everybody on the machine.
    environment = {**os.environ, "PGPASSWORD": unquote(parts.password or "")}
    done = subprocess.run(  # noqa: S603 — PostgreSQL's own program
        [found, f"--dbname={plain}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=DUMP_TAKES_AT_MOST,
    )
    if done.returncode:
        raise SnapshotError(f"{program} failed: {done.stderr.strip()[-500:]}")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)

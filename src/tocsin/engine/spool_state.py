"""How much waits in a spool and since when, read from outside: for health, metrics and the doctor."""

from pathlib import Path
from typing import NamedTuple

from tocsin.engine import sqlite
from tocsin.engine.spool import BUSY_SECONDS, SpoolUnavailableError


class Waiting(NamedTuple):
    """Entries that are accepted and not yet digested; `oldest` is seconds since 1970, None when there is none."""

    entries: int = 0
    oldest: float | None = None


def waiting(path: Path) -> Waiting:
    """Looks without taking part: nothing is written, nothing checkpointed. Raises SpoolUnavailableError."""
    if not path.exists():
        return Waiting()
    try:
        connection = sqlite.connect(f"file:{path}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        try:
            found = connection.execute(
                "SELECT (SELECT coalesce(max(id) + 1, 0) FROM spool) - (SELECT coalesce(min(id), 0) FROM spool),"
                " (SELECT received FROM spool ORDER BY id LIMIT 1)"
            ).fetchone()
        finally:
            connection.close()
    except sqlite.Error as error:
        raise SpoolUnavailableError(f"The spool {path} cannot be read: {error}") from None
    return Waiting(*found)

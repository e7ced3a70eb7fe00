"""Signs of life."""

from datetime import datetime

from tocsin.store.db import execute, moment, rows


def beat(loop: str, now: datetime) -> None:
    """A loop has completed a turn."""
    rows(
        "INSERT INTO store_heartbeat (loop, at) VALUES (%s, %s)"
        " ON CONFLICT (loop) DO UPDATE SET at = excluded.at RETURNING loop",
        [loop, moment(now)],
    )


def end() -> None:
    """Nothing is at work any more."""
    execute("DELETE FROM store_heartbeat", [])

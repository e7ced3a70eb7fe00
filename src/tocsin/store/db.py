"""One transaction at a time in a process, so that threads queue in memory and not in SQLite's busy loop."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection, transaction

# SQLite's busy handler sleeps 1, 2, 5 … 100 ms between tries: two writing threads of one process would
# add up to 100 ms to each other's latency. A lock hands over in microseconds. PostgreSQL needs none.
_writing = threading.RLock()


@contextmanager
def one_transaction() -> Iterator[None]:
    """All or nothing; on SQLite also one writer of this process at a time."""
    with _turn(), transaction.atomic():
        yield


@contextmanager
def _turn() -> Iterator[None]:
    if not _is_sqlite():
        yield
        return
    with _writing:
        yield


def after_commit(call: Callable[[], None]) -> None:
    """Run once the transaction is durable: this is where the engine is told."""
    transaction.on_commit(call)


def rows(sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """The rows of one statement, as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def execute_many(sql: str, parameters: Sequence[Sequence[Any]]) -> None:
    """One prepared statement over many rows; nothing for none."""
    if parameters:
        with connection.cursor() as cursor:
            cursor.executemany(sql, parameters)


def moment(value: datetime) -> Any:
    """A datetime as this database's raw statements take it; SQLite keeps UTC as text."""
    # Django's own way asks connection and settings each time: 3 µs where this takes 0.6, twice for each event.
    return str(value.astimezone(UTC).replace(tzinfo=None)) if _is_sqlite() else value


def aware(value: datetime) -> datetime:
    """A datetime as raw statements give it, with its zone."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


@cache
def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def values(width: int, count: int) -> str:
    """The placeholders of `count` rows of `width` values: (%s, %s), (%s, %s)."""
    row = "(" + ", ".join(["%s"] * width) + ")"
    return ", ".join([row] * count)

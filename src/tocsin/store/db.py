"""One transaction at a time in a process, so that threads queue in memory and not in SQLite's busy loop."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
    if connection.vendor != "sqlite":
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


def moment(value: Any) -> Any:
    """A datetime as this database's raw statements take it."""
    return connection.ops.adapt_datetimefield_value(value)


def values(width: int, count: int) -> str:
    """The placeholders of `count` rows of `width` values: (%s, %s), (%s, %s)."""
    row = "(" + ", ".join(["%s"] * width) + ")"
    return ", ".join([row] * count)

"""One transaction at a time in a process, so that threads queue in memory and not in SQLite's busy loop."""

import logging
import os
import re
import threading
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction

from tocsin.store.postgresql import holdable
from tocsin.store.turnstile import Turnstile

log = logging.getLogger("tocsin.store")

T = TypeVar("T")

RETRIES = 5
ROWS_AT_ONCE = 500
# The one row that an INSERT is written for.
_ROW = re.compile(r"^INSERT .* VALUES (\((?:%s, )*%s\))", re.DOTALL)
_PLACEHOLDER = re.compile(r"(?<!%)%s")
_LET_ANOTHER_PASS = ("40001", "40P01")  # serialization failure, deadlock
# The first halves of PostgreSQL's advisory locks, so that a project and a name never share one.
_PROJECTS, _NAMES = 0x70726F6A, 0x6E616D65

# SQLite's busy handler sleeps 1, 2, 5 … 100 ms between tries: two writing threads of one process would
# add up to 100 ms to each other's latency. A lock hands over in microseconds. PostgreSQL needs none.
_writing = threading.RLock()
PATIENCE = 5.0  # seconds


@contextmanager
def one_transaction() -> Iterator[None]:
    """All or nothing; on SQLite also one writer of this process at a time."""
    mend_connection()
    with _turn(), transaction.atomic():
        yield


def undo() -> None:
    """What the transaction that we are in has done is undone when it ends, without an error."""
    transaction.set_rollback(True)


def mend_connection() -> None:
    """Drops this thread's connection if an error broke it (a restart); the next use makes another."""
    if connection.connection is not None and connection.errors_occurred:
        connection.close_if_unusable_or_obsolete()


def one_at_a_time(project_ids: Iterable[int]) -> None:
    """Waits until no other transaction has asked for any of these projects; until this one ends, none gets it.

    For what is read, decided upon and written back: issues and their counts, rules. On SQLite one writes anyway.
    """
    wanted = sorted(set(project_ids))
    if wanted and not _is_sqlite():
        # One statement would take the locks in whatever order its plan has: two could wait for each other.
        execute_many("SELECT pg_advisory_xact_lock(%s, %s)", [(_PROJECTS, one) for one in wanted])


def retried(call: Callable[[], T]) -> T:
    """What a transaction gives; run again when PostgreSQL undid it to let another one pass."""
    for _ in range(RETRIES):
        try:
            return call()
        except OperationalError as error:
            if connection.in_atomic_block or getattr(error.__cause__, "sqlstate", "") not in _LET_ANOTHER_PASS:
                raise
    return call()


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Whether nobody else on any node does the thing of this name; while the block lasts, nobody will."""
    with _advisory_lock("pg_try_advisory_lock", name) as got:
        yield got


@contextmanager
def awaiting(name: str) -> Iterator[None]:
    """Waits until nobody else does the thing of this name, as long as it takes; so may the block."""
    if not _is_sqlite():
        for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            rows("SELECT set_config(%s, '0', false)", [limit])
    try:
        with _advisory_lock("pg_advisory_lock", name):
            yield
    finally:
        if not _is_sqlite():
            connection.close()  # the next one has its limits again


@contextmanager
def _advisory_lock(function: str, name: str) -> Iterator[bool]:
    if _is_sqlite():
        yield True
        return
    mend_connection()
    key = (_NAMES, zlib.crc32(name.encode()) - 2**31)
    got = rows(f"SELECT {function}(%s, %s)", key)[0][0] is not False
    try:
        yield got
    finally:
        if got:
            rows("SELECT pg_advisory_unlock(%s, %s)", key)


def _turn() -> AbstractContextManager[object]:
    """Among the threads of this process and, where the database is a file, the processes of this machine. Within a
    transaction it is there already."""
    if not _is_sqlite() or connection.in_atomic_block:
        return nullcontext()
    name = str(connection.settings_dict["NAME"])
    turnstile = None if _is_in_memory(name) else _turnstile(name, os.getpid())
    return turnstile.turn() if turnstile else _writing


def _is_in_memory(name: str) -> bool:
    return name == ":memory:" or "mode=memory" in name


@cache
def _turnstile(database: str, process: int) -> Turnstile | None:
    """None where its file cannot be had: who wants to write is not kept from it by a courtesy."""
    del process  # a fork's locks are its own
    try:
        return Turnstile(Path(f"{database}-turn"), PATIENCE, beside=Path(database))
    except OSError as error:
        log.warning("Processes that write to %s do not take turns, so pages may be slow: %s", database, error)
        return None


def after_commit(call: Callable[[], None]) -> None:
    """Run once the transaction is durable: this is where the engine is told."""
    transaction.on_commit(call)


class _Direct:
    """The driver's own cursor, for statements written as Django takes them.

    Django's converts the placeholders of each anew and copies the rows of each batch: 5 % of a worker's time.
    """

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.fetchall = cursor.fetchall

    def execute(self, sql: str, parameters: Sequence[Any]) -> None:
        self._cursor.execute(_with_question_marks(sql), parameters)

    def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
        self._cursor.executemany(_with_question_marks(sql), parameters)


@lru_cache(maxsize=256)
def _with_question_marks(sql: str) -> str:
    return _PLACEHOLDER.sub("?", sql).replace("%%", "%")


@contextmanager
def _cursor() -> Iterator[Any]:
    """Django's where somebody listens to the statements (tests count them), or the database is not SQLite."""
    here = connections[DEFAULT_DB_ALIAS]  # `connection` would look this up for each of its attributes
    if not _is_sqlite() or here.queries_logged or here.execute_wrappers:
        with here.cursor() as cursor:
            yield cursor
        return
    here.ensure_connection()
    here.validate_no_broken_transaction()
    with here.wrap_database_errors, closing(here.connection.cursor()) as cursor:
        yield _Direct(cursor)


def rows(sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """The rows of one statement, as tuples."""
    with _cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def rows_together(width: int, sql: str, parameters: Sequence[Any] = ()) -> list[list[Any]]:
    """The rows of one SELECT of so many columns of numbers and text, handed over at once.

    SQLite's driver gives the interpreter's lock away for each row and, while the sender's loop computes, gets it
    back a millisecond later: a turn over 96 deliveries waited 300 times. As one JSON text they are one row.
    """
    if not _is_sqlite():
        return [list(row) for row in rows(sql, parameters)]
    names = ", ".join([f"c{place}" for place in range(width)])
    together = (
        f"WITH found({names}) AS MATERIALIZED ({sql}) SELECT json_group_array(json_array({names})) FROM found"  # noqa: S608
    )
    found: list[list[Any]] = msgspec.json.decode(rows(together, parameters)[0][0])
    return found


def changed(sql: str, parameters: Sequence[Any], ids: Sequence[int]) -> list[int]:
    """An UPDATE of rows that this transaction has just read, and which of them it changed.

    PostgreSQL is asked, as another may have been there first. On SQLite nobody could: its answer would only
    come row by row, see `rows_together`.
    """
    if not _is_sqlite():
        return [row[0] for row in rows(f"{sql} RETURNING id", parameters)]
    execute(sql, parameters)
    return list(ids)


def execute(sql: str, parameters: Sequence[Any]) -> None:
    """One statement whose rows nobody wants."""
    with _cursor() as cursor:
        cursor.execute(sql, parameters)


def execute_many(sql: str, parameters: Sequence[Sequence[Any]]) -> None:
    """One statement over many rows, in their order; nothing for none."""
    if not parameters:
        return
    with _cursor() as cursor:
        row = None if _is_sqlite() else _ROW.search(sql)
        if row is None or len(parameters) == 1:
            cursor.executemany(sql, parameters)
            return
        # PostgreSQL parses and plans each row's statement anew: one of 100 rows takes it a fifth of 100 of one.
        for start in range(0, len(parameters), ROWS_AT_ONCE):
            part = parameters[start : start + ROWS_AT_ONCE]
            many = sql[: row.start(1)] + ", ".join([row[1]] * len(part)) + sql[row.end(1) :]
            cursor.execute(many, list(chain.from_iterable(part)))


def rows_given(**columns: str) -> str:
    """A table of any number of rows that come as one parameter, see `given`; each column with its type.

    The statement is the same for each batch, so it is prepared once, and SQLite works through the whole batch
    without the interpreter's lock. Row by row it had to get that back from the sender's loop for each.
    """
    if _is_sqlite():
        named = [f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns)]
        return f"(SELECT {', '.join(named)} FROM json_each(%s))"  # noqa: S608 — names from the code
    named = [
        f"CAST(one.value ->> {place} AS {kind}) AS {name}" for place, (name, kind) in enumerate(columns.items())
    ]
    return f"(SELECT {', '.join(named)} FROM jsonb_array_elements(CAST(%s AS jsonb)) AS one)"  # noqa: S608


def given(batch: Sequence[Sequence[Any]]) -> str:
    """The parameter of `rows_given`: each row's values in the order of its columns."""
    return msgspec.json.encode(batch).decode()


def in_ids() -> str:
    """The condition that an id is one of a list; its one parameter is `ids_given`."""
    return "IN (SELECT value FROM json_each(%s))" if _is_sqlite() else "= ANY(CAST(%s AS bigint[]))"


def ids_given(ids: Collection[int]) -> Any:
    return msgspec.json.encode(list(ids)).decode() if _is_sqlite() else list(ids)


def held(text: str) -> str:
    """A text as the database gives it back: PostgreSQL cannot hold every one."""
    return text if _is_sqlite() else holdable(text)


def moment(value: datetime) -> Any:
    """A datetime as this database's raw statements take it; SQLite keeps UTC as text."""
    return _as_text(value) if _is_sqlite() else value


# Django's own way asks connection and settings each time: 3 µs where this takes 0.6, or 0.1 for the batch's `now`.
@lru_cache(maxsize=256)
def _as_text(value: datetime) -> str:
    return str(value.astimezone(UTC).replace(tzinfo=None))


def aware(value: datetime | str) -> datetime:
    """A datetime as raw statements give it (SQLite's expressions give text), with its zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


@cache
def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def greatest(one: str, other: str) -> str:
    """The expression of the greater of two that are not null."""
    return f"{'max' if _is_sqlite() else 'greatest'}({one}, {other})"


def least(one: str, other: str) -> str:
    """The expression of the lesser of two that are not null."""
    return f"{'min' if _is_sqlite() else 'least'}({one}, {other})"


def places(count: int) -> str:
    """The placeholders of a list: %s, %s, %s."""
    return ", ".join(["%s"] * count)


def for_update() -> str:
    """The end of a SELECT whose rows are changed later in its transaction. SQLite has one writer anyway."""
    return "" if _is_sqlite() else " FOR UPDATE"


def values(width: int, count: int) -> str:
    """The placeholders of `count` rows of `width` values: (%s, %s), (%s, %s)."""
    row = "(" + ", ".join(["%s"] * width) + ")"
    return ", ".join([row] * count)

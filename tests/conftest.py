"""What all tests share: the marker that names the real programs a test needs, and a database that is a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

pytest_plugins = ["tests.real_parts.plugin", "tests.examples", "tests.mail_server"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is true of one kind of database is asked of that kind."""
    foreign = [
        item
        for item in items
        if any(item.get_closest_marker(kind) for kind in ("sqlite", "postgresql") if kind != connection.vendor)
    ]
    config.hook.pytest_deselected(items=foreign)
    items[:] = [item for item in items if item not in foreign]


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    """Rows of one test get the ids of another's, so what is cached by id and version must not outlive a test."""
    from tocsin.pipeline import compiled, tagging
    from tocsin.store.queries import directory, ownership

    compiled._compiled.clear()
    directory._cached.clear()
    ownership._cached.clear()
    tagging._known.clear()
    tagging._ids.clear()


@pytest.fixture
def database_file(tmp_path: Path, transactional_db: None) -> Iterator[None]:
    """The product's database as it runs: one of its own, for tests of threads, locks and commits.

    SQLite's test database is in memory, where threads share one connection's cache and nothing is ever locked;
    PostgreSQL's is given back to the next test, which must not find this one's triggers.
    """
    postgresql = connection.vendor == "postgresql"
    with _a_copied_database() if postgresql else _a_file(tmp_path / "tocsin.sqlite3"):
        yield


@contextmanager
def _a_file(path: Path) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    in_memory, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection, connection.settings_dict["NAME"] = None, str(path)
    try:
        yield
    finally:
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = in_memory, name


@contextmanager
def _a_copied_database() -> Iterator[None]:
    name = connection.settings_dict["NAME"]
    copy = f"{name}_copy"
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    connection.settings_dict["NAME"] = copy
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')

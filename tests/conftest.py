"""What all tests share: the marker that names the real programs a test needs, and a database that is a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

pytest_plugins = ["tests.real_parts.plugin"]


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    """Rows of one test get the ids of another's, so what is cached by id and version must not outlive a test."""
    from tocsin.pipeline import evaluate
    from tocsin.store.queries import directory

    evaluate._compiled.clear()
    directory._cached.clear()


@pytest.fixture
def database_file(tmp_path: Path, transactional_db: None) -> Iterator[Path]:
    """The product's database as it runs: a file of its own, for tests of threads, locks and commits.

    The test database is in memory, where threads share one connection's cache and nothing is ever locked.
    """
    path = tmp_path / "tocsin.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    in_memory, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection, connection.settings_dict["NAME"] = None, str(path)
    try:
        yield path
    finally:
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = in_memory, name

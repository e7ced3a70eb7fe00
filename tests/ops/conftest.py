"""What the tests of commands share: the folder looks as one in which Tocsin was started."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tocsin.ops import settings


@pytest.fixture(scope="session", autouse=True)
def _there_is_a_tocsin() -> None:
    """The tests' database is in memory or a server's; commands look for one in the folder."""
    with closing(sqlite3.connect(settings.load().database)) as made:
        made.execute("CREATE TABLE IF NOT EXISTS django_migrations (id)")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A path at which nothing is yet, for commands that are given another folder than the tests'."""
    monkeypatch.setenv("TOCSIN_DATA", "unused")
    monkeypatch.delenv("TOCSIN_SECRET_KEY", raising=False)
    monkeypatch.delenv("TOCSIN_DATABASE_URL", raising=False)
    yield tmp_path / "data"
    settings.load.cache_clear()

"""On PostgreSQL a backup goes from one database to another, and never onto one that holds something."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.journeys.instance import Instance
from tests.journeys.test_up import failing
from tests.real_parts import servers

pytestmark = [pytest.mark.journey, pytest.mark.needs("postgresql")]


@contextmanager
def a_database(name: str) -> Iterator[str]:
    url = servers.postgresql()
    assert url
    name = f"tocsin_{name}_{os.getpid()}"
    with psycopg.connect(url.format(name="postgres"), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield url.format(name=name)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_backup_goes_from_one_database_to_another(tmp_path: Path):
    file = tmp_path / "all.tar.gz"
    with a_database("saved") as one, a_database("restored") as other:
        instance = Instance(tmp_path / "data", environment={"TOCSIN_DATABASE_URL": one})
        json.loads(instance.run("init", "--organization", "Acme", "--project", "Shop", "--json"))
        printed = instance.run("backup", str(file))
        restored = Instance(tmp_path / "new", environment={"TOCSIN_DATABASE_URL": other})
        restored.run("restore", str(file))
        again = Instance(tmp_path / "again", environment={"TOCSIN_DATABASE_URL": other})
        refused = failing(again, "restore", str(file))

        with psycopg.connect(other) as there:
            found = there.execute("SELECT slug FROM store_organization").fetchall()

    assert printed.startswith("Saved tocsin.pgdump, secret.key in")
    assert found == [("acme",)]
    assert (restored.data / "secret.key").read_text() == (instance.data / "secret.key").read_text()
    assert refused == "Error: The database of TOCSIN_DATABASE_URL is not empty. Add --force to lose that."
    assert not (again.data / "secret.key").exists()

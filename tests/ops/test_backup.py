"""A backup is one moment of everything, and comes back as it was or not at all."""

import json
import sqlite3
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from tocsin.engine import spool_state
from tocsin.engine.spool import SpoolReader, append_one
from tocsin.ops import archive, snapshot
from tocsin.ops.archive import KEY, MAIN, SPOOL, ArchiveError, pack, unpack
from tocsin.ops.restore import command as restore
from tocsin.ops.settings import Settings
from tocsin.ops.snapshot import SnapshotError, put_back, take


def row(event_id: str = "e") -> tuple:
    return (1, 100.0, "envelope", "", event_id * 32, "", b"{}")


@pytest.fixture
def instance(tmp_path: Path) -> Settings:
    """A data folder whose database has digested the first of three spooled events."""
    data = tmp_path / "data"
    data.mkdir()
    (data / KEY).write_text("the key")
    settings = Settings(data=data, secret_key="", database_url="", broker_url="")
    for event_id in "abc":
        append_one(settings.spool, *row(event_id))
    reader = SpoolReader(settings.spool)
    main = sqlite3.connect(settings.database)
    main.executescript(
        "PRAGMA journal_mode = WAL; CREATE TABLE store_spoolposition (spool TEXT, position INT);"
        f"INSERT INTO store_spoolposition VALUES ('{reader.identity}', 1);"
    )
    main.close()
    reader.close()
    return settings


def saved(settings: Settings, tmp_path: Path, name: str = "all.tar.zst") -> Path:
    folder, file = tmp_path / "taken", tmp_path / name
    folder.mkdir()
    pack(file, take(settings, folder), {"made": "today"})
    return file


def ran(file: Path, data: Path, *options: str) -> str:
    found = CliRunner().invoke(restore, [str(file), "--data", str(data), *options])
    return found.output.strip()


@pytest.fixture(autouse=True)
def _the_environment_stays(monkeypatch):
    monkeypatch.setenv("TOCSIN_DATA", "unused")
    yield
    from tocsin.ops import settings

    settings.load.cache_clear()


@pytest.mark.parametrize("name", ["all.tar.zst", "all.tar.gz", "all.tgz"])
def test_what_was_saved_comes_back(instance, tmp_path, name):
    said = ran(saved(instance, tmp_path, name), tmp_path / "new")

    assert said.startswith("Restored what was saved at today into")
    assert (tmp_path / "new" / KEY).read_text() == "the key"
    assert sqlite3.connect(tmp_path / "new" / MAIN).execute("SELECT position FROM store_spoolposition").fetchall()


def test_it_says_how_what_came_back_is_started(instance, tmp_path):
    said = ran(saved(instance, tmp_path), tmp_path / "new")

    assert said.endswith(f"up --data {tmp_path / 'new'}")


def test_the_file_and_what_comes_out_of_it_are_their_owners_alone(instance, tmp_path):
    file = saved(instance, tmp_path)
    ran(file, tmp_path / "new")

    assert file.stat().st_mode & 0o777 == 0o600
    for name in (KEY, MAIN, SPOOL):
        assert (tmp_path / "new" / name).stat().st_mode & 0o077 == 0, name


def test_what_the_database_has_digested_is_not_spooled_again(instance, tmp_path):
    ran(saved(instance, tmp_path), tmp_path / "new")

    reader = SpoolReader(tmp_path / "new" / SPOOL)
    assert [entry.event_id[0] for entry in reader.read(0, 10, 1000)] == ["b", "c"]
    reader.close()


def test_an_event_after_a_restore_is_not_taken_for_one_that_is_done(instance, tmp_path):
    # As if the database had digested further than the spool was when that was copied.
    main = sqlite3.connect(instance.database)
    main.execute("UPDATE store_spoolposition SET position = 50")
    main.commit()
    main.close()
    ran(saved(instance, tmp_path), tmp_path / "new")

    append_one(tmp_path / "new" / SPOOL, *row("n"))

    reader = SpoolReader(tmp_path / "new" / SPOOL)
    assert [entry.id for entry in reader.read(50, 10, 1000)] == [51]
    reader.close()


def test_a_folder_that_is_not_empty_is_left_alone(instance, tmp_path):
    file = saved(instance, tmp_path)
    (instance.data / KEY).write_text("another key")

    said = ran(file, instance.data)

    assert "is not empty (secret.key, spool.sqlite3" in said
    assert (instance.data / KEY).read_text() == "another key"


def test_force_takes_the_place_of_what_is_there(instance, tmp_path):
    file = saved(instance, tmp_path)
    append_one(instance.spool, *row("z"))

    ran(file, instance.data, "--force")

    assert spool_state.waiting(instance.spool).entries == 2


def test_it_is_not_put_under_a_tocsin_that_runs(instance, tmp_path):
    from tocsin.ops.worker import only_one

    file = saved(instance, tmp_path)
    with only_one(instance, "worker"):
        said = ran(file, instance.data, "--force")

    assert said.endswith("Stop it first.")


def test_a_damaged_backup_changes_nothing(instance, tmp_path):
    file = saved(instance, tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])

    said = ran(file, tmp_path / "new")

    assert "is no whole backup" in said
    assert [one.name for one in (tmp_path / "new").iterdir() if one.suffix != ".lock"] == []


def test_a_file_that_was_changed_is_noticed_by_its_sum(tmp_path):
    key = tmp_path / KEY
    key.write_text("the key")
    file = tmp_path / "all.tar.gz"
    pack(file, [key], {})
    (tmp_path / "in").mkdir()
    with tarfile.open(file) as tar:
        tar.extractall(tmp_path / "in", filter="data")
    (tmp_path / "in" / KEY).write_text("another")
    with tarfile.open(file, "w:gz") as tar:
        for name in (archive.MANIFEST, KEY):
            tar.add(tmp_path / "in" / name, name)

    with pytest.raises(ArchiveError, match=r"secret\.key is not what was saved"):
        unpack(file, tmp_path)


def test_nothing_but_the_known_names_is_unpacked(tmp_path):
    evil = tmp_path / "evil"
    evil.write_text("evil")
    manifest = tmp_path / archive.MANIFEST
    manifest.write_text(json.dumps({"files": {}}))
    file = tmp_path / "all.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        tar.add(manifest, archive.MANIFEST)
        tar.add(evil, "../escaped")
        tar.add(evil, "other")
    folder = tmp_path / "out"
    folder.mkdir()

    unpack(file, folder)

    assert [one.name for one in folder.iterdir()] == [archive.MANIFEST]
    assert not (tmp_path / "escaped").exists()


def test_a_database_that_is_damaged_inside_is_refused(instance, tmp_path):
    (tmp_path / MAIN).write_bytes(b"SQLite format 3\x00" + b"\xff" * 8000)

    with pytest.raises(SnapshotError, match=r"tocsin\.sqlite3 in the backup is damaged"):
        put_back(instance, tmp_path)

    assert instance.database.exists()


def test_without_the_tools_of_postgresql_it_says_which_package(instance, tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot.shutil, "which", lambda _: None)
    there = instance.model_copy(update={"database_url": "postgres://u:p@h/d"})

    with pytest.raises(SnapshotError, match=r"pg_dump is not installed\. On Debian: apt"):
        take(there, tmp_path)


def test_the_password_of_postgresql_is_no_argument(instance, tmp_path, monkeypatch):
    said = {}

    def run(command, env, **_):
        said.update(command=command, password=env["PGPASSWORD"])
        return type("Done", (), {"returncode": 1, "stderr": "no"})

    monkeypatch.setattr(snapshot.shutil, "which", lambda name: name)
    monkeypatch.setattr(snapshot.subprocess, "run", run)
    there = instance.model_copy(update={"database_url": "postgres://u:hush%21@h:1/d?sslmode=require"})

    with pytest.raises(SnapshotError, match="pg_dump failed: no"):
        take(there, tmp_path)

    assert said["password"] == "hush!"
    assert "hush" not in " ".join(said["command"])
    assert "--dbname=postgres://u@h:1/d?sslmode=require" in said["command"]

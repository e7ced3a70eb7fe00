"""A folder that was forgotten to be named is said to be empty, and stays so."""

import sqlite3
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tocsin.ops import setup
from tocsin.ops.errors import WrongInputError
from tocsin.ops.main import COMMANDS, tocsin
from tocsin.ops.setup import django_founding, django_ready

BEGINS = {"up", "web", "worker", "beat", "init", "migrate", "restore", "demo"}
WITHOUT_A_FOLDER = {"import-sentry"}
NEEDS = {
    "connect": ["slack", "token=xoxb-1"],
    "sign-in": ["ana@example.com"],
    "explain": ["issue", "SHOP-1"],
    "export": [],
    "plan": ["FILE"],
    "apply": ["FILE"],
    "rules": ["test"],
    "doctor": [],
    "replay": ["1"],
    "backup": ["all.tar.gz"],
}


@pytest.fixture
def django_is_set_up(monkeypatch) -> list[bool]:
    """In place of Django's set-up, which cannot be done twice in a process."""
    done: list[bool] = []
    monkeypatch.setattr(setup.django, "setup", lambda: done.append(True))
    monkeypatch.setattr(setup.telemetry, "start", lambda: None)
    return done


def ran(command: str, folder: Path) -> tuple[int, str]:
    file = folder.parent / "tocsin.yaml"
    file.write_text("version: 1\norganization: acme\n")
    words = [str(file) if word == "FILE" else word for word in NEEDS[command]]
    found = CliRunner().invoke(tocsin, [command, *words, "--data", str(folder)])
    return found.exit_code, found.output.strip()


def test_each_command_begins_an_installation_or_needs_one():
    assert set(COMMANDS) == BEGINS | WITHOUT_A_FOLDER | set(NEEDS)


@pytest.mark.parametrize("command", sorted(NEEDS))
def test_where_there_is_none_it_says_so_and_makes_nothing(folder, monkeypatch, command):
    monkeypatch.chdir(folder.parent)

    code, said = ran(command, folder)

    assert (code, said) == (2, f"Error: There is no Tocsin in {folder}. Set TOCSIN_DATA or give --data.")
    assert [one.name for one in folder.parent.iterdir()] == ["tocsin.yaml"]


def test_an_empty_database_that_was_left_there_is_no_tocsin(folder):
    folder.mkdir()
    with closing(sqlite3.connect(folder / "tocsin.sqlite3")) as made:
        made.execute("PRAGMA journal_mode = WAL")

    with pytest.raises(WrongInputError, match="There is no Tocsin in"):
        django_ready(folder)


def test_a_folder_that_was_migrated_is_one(folder, django_is_set_up):
    folder.mkdir()
    with closing(sqlite3.connect(folder / "tocsin.sqlite3")) as made:
        made.execute("CREATE TABLE django_migrations (id)")

    assert django_ready(folder).data == folder
    assert django_is_set_up


def test_a_damaged_database_is_there_for_the_doctor_to_look_at(folder, django_is_set_up):
    folder.mkdir()
    (folder / "tocsin.sqlite3").write_bytes(b"this is no database" * 100)

    django_ready(folder)

    assert django_is_set_up


def test_a_file_in_the_folders_place_is_one_line(folder):
    folder.write_text("")

    with pytest.raises(click.ClickException, match="There is no Tocsin in"):
        django_ready(folder)


def test_a_database_elsewhere_needs_no_folder(folder, monkeypatch, django_is_set_up):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgres://u:p@127.0.0.1/tocsin")
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "k" * 40)

    django_ready(folder)

    assert django_is_set_up
    assert not folder.exists()


def test_a_key_for_a_database_elsewhere_is_not_made_anew(folder, monkeypatch):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgres://u:p@127.0.0.1/tocsin")

    with pytest.raises(WrongInputError, match="There is no secret key in"):
        django_ready(folder)

    assert not folder.exists()


def test_a_command_that_begins_makes_the_folder_its_owners_alone(folder, django_is_set_up):
    django_founding(folder)

    assert folder.stat().st_mode & 0o777 == 0o700
    assert django_is_set_up

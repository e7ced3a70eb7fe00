"""What every command does first: settings, Django, the data folder."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
import django

from tocsin.ops import settings, telemetry
from tocsin.ops.errors import WrongInputError

ADDRESS_FILE = "address"


def django_ready(data: Path | None = None) -> settings.Settings:
    """Django set up on the Tocsin that is in the data folder; where there is none, nothing is made.

    What is wrong is one line and exit code 2.
    """
    loaded = _chosen(data)
    _require_there(loaded)
    return _set_up(loaded)


def django_founding(data: Path | None = None) -> settings.Settings:
    """The same for commands that may be the first: the data folder is made if need be."""
    loaded = _chosen(data)
    try:
        loaded.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise click.ClickException(
            f"The data folder {loaded.data} cannot be made: {error.strerror}. Set TOCSIN_DATA or --data."
        ) from None
    return _set_up(loaded)


def _chosen(data: Path | None) -> settings.Settings:
    if data is not None:
        os.environ["TOCSIN_DATA"] = str(data)
        settings.load.cache_clear()
    os.umask(0o077)  # everything in the data folder is its owner's alone
    return _load()


def _set_up(loaded: settings.Settings) -> settings.Settings:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.ops.django_settings")
    django.setup()
    telemetry.start()
    return loaded


def _require_there(loaded: settings.Settings) -> None:
    """A folder that was not named would otherwise be filled with a new key and an empty database.

    A PostgreSQL is elsewhere, but what it holds opens with one key only, which must not be made anew.
    """
    where = loaded.data.absolute()
    try:
        there = _has_key(loaded) if loaded.database_url else _has_tables(loaded.database)
    except OSError as error:
        raise WrongInputError(f"The data folder {where} cannot be read: {error.strerror}.") from None
    if there:
        return
    if loaded.database_url:
        raise WrongInputError(
            f"There is no secret key in {where}. Set TOCSIN_SECRET_KEY or TOCSIN_DATA, or --data."
        )
    raise WrongInputError(f"There is no Tocsin in {where}. Set TOCSIN_DATA or give --data.")


def _has_key(loaded: settings.Settings) -> bool:
    return bool(loaded.secret_key) or (loaded.data / settings.KEY_FILE).exists()


def _has_tables(database: Path) -> bool:
    """Whether a migration has begun on the file. One that cannot be read is there: `doctor` says what it has."""
    if not database.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as asked:
            found = asked.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_migrations'").fetchone()
    except sqlite3.Error:
        return True
    return found is not None


def keep_address(loaded: settings.Settings) -> None:
    """Notes where people reach this instance: commands run beside it make links, and do not know its port."""
    (loaded.data / ADDRESS_FILE).write_text(loaded.url)


def _load() -> settings.Settings:
    loaded = settings.load()
    if not loaded.url and (kept := _kept_address(loaded.data)):
        os.environ["TOCSIN_URL"] = kept
        settings.load.cache_clear()
        loaded = settings.load()
    return loaded


def _kept_address(data: Path) -> str:
    try:
        return (data / ADDRESS_FILE).read_text().strip()
    except OSError:  # `tocsin up` never ran here
        return ""


def migrate() -> None:
    """Brings the database to this version; quick when it is there already. Of several nodes, one does it."""
    from django.core.management import call_command
    from django.db import OperationalError, connection

    from tocsin.store.db import awaiting

    try:
        if _is_behind():
            with _one_of_this_folder(), awaiting("migrate"):
                if _is_behind():
                    call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        if connection.vendor == "sqlite":
            raise
        words = str(error).strip().splitlines()[0]
        raise click.ClickException(f"The database of TOCSIN_DATABASE_URL does not answer: {words}") from None


@contextmanager
def _one_of_this_folder() -> Iterator[None]:
    """Waits for another command that brings the same folder to this version: `sign-in` beside the first `up`."""
    folder = settings.load().data
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that holds everything (TOCSIN_DATA, else ./data).",
)

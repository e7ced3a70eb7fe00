"""What every command does first: settings, Django, the data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import django

from tocsin.ops import settings, telemetry

ADDRESS_FILE = "address"


def django_ready(data: Path | None = None) -> settings.Settings:
    """Django set up on the data folder, made if need be; what is wrong is one line and exit code 2."""
    if data is not None:
        os.environ["TOCSIN_DATA"] = str(data)
        settings.load.cache_clear()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.ops.django_settings")
    loaded = _load()
    os.umask(0o077)  # everything in the data folder is its owner's alone
    try:
        loaded.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise click.ClickException(
            f"The data folder {loaded.data} cannot be made: {error.strerror}. Set TOCSIN_DATA or --data."
        ) from None
    django.setup()
    telemetry.start()
    return loaded


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

"""`tocsin restore FILE`: a backup becomes this instance."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from tocsin.ops import settings
from tocsin.ops.archive import DUMP, ArchiveError, unpack
from tocsin.ops.settings import Settings
from tocsin.ops.setup import data_option
from tocsin.ops.snapshot import SnapshotError, put_back
from tocsin.ops.to_type import to_type

ROLES = ("up", "worker")  # as ops.worker.only_one names their locks


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--force", is_flag=True, help="In the place of what is there, which is lost.")
@data_option
def command(file: Path, force: bool, data: Path | None) -> None:
    """Put a backup back into an empty data folder (and database), after checking that it is whole.

    What was waiting to be sent when it was taken is sent when Tocsin starts, even if that happened since.
    """
    if data is not None:
        os.environ["TOCSIN_DATA"] = str(data)
        settings.load.cache_clear()
    loaded = settings.load()
    os.umask(0o077)
    loaded.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _nobody_else(loaded):
        _require_empty(loaded, force)
        try:
            with tempfile.TemporaryDirectory(prefix=".restoring-", dir=loaded.data) as folder:
                manifest = unpack(file, Path(folder))
                _require_empty_database(loaded, Path(folder), force)
                put_back(loaded, Path(folder))
        except (ArchiveError, SnapshotError, OSError) as error:
            raise click.ClickException(str(error)) from None
    start = to_type("up", loaded.data)
    click.echo(f"Restored what was saved at {manifest.get('made', '?')} into {loaded.data}. Start it: {start}")


@contextmanager
def _nobody_else(loaded: Settings) -> Iterator[None]:
    """Nothing runs on the folder, and nothing starts meanwhile."""
    with ExitStack() as held:
        for role in ROLES:
            file = held.enter_context((loaded.data / f"{role}.lock").open("w"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise click.ClickException(f"Tocsin runs on {loaded.data}. Stop it first.") from None
        yield


def _require_empty(loaded: Settings, force: bool) -> None:
    there = sorted(one.name for one in loaded.data.iterdir() if one.suffix != ".lock")
    if there and not force:
        raise click.ClickException(
            f"{loaded.data} is not empty ({', '.join(there[:5])}). Give another --data, or --force to lose that."
        )


def _require_empty_database(loaded: Settings, folder: Path, force: bool) -> None:
    if not (folder / DUMP).exists() or not loaded.database_url or force:
        return
    import psycopg

    try:
        with psycopg.connect(loaded.database_url, connect_timeout=5) as there:
            found = there.execute("SELECT to_regclass('store_organization')").fetchone()
    except psycopg.OperationalError as error:
        raise SnapshotError(f"The database of TOCSIN_DATABASE_URL does not answer: {error}") from None
    if found and found[0]:
        raise click.ClickException("The database of TOCSIN_DATABASE_URL is not empty. Add --force to lose that.")

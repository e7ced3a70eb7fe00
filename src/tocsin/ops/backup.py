"""`tocsin backup FILE`: everything in one file, taken while Tocsin runs."""

import tempfile
from pathlib import Path

import click

from tocsin import __version__
from tocsin.ops.archive import KEY, pack
from tocsin.ops.setup import data_option, django_ready
from tocsin.ops.snapshot import SnapshotError, take


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def command(file: Path, data: Path | None) -> None:
    """Save database, spool and secret key in one file (.tar.zst or .tar.gz) while everything runs.

    The file holds the key and what it encrypts: keep it as you keep passwords.
    """
    if not file.name.endswith((".tar.zst", ".tar.gz", ".tgz")):
        raise click.ClickException(f"{file.name} must end in .tar.zst or .tar.gz.")
    if not file.parent.is_dir():
        raise click.ClickException(f"The folder {file.parent} is not there. Make it first.")
    loaded = django_ready(data)
    from tocsin.pipeline import clock

    about = {"tocsin": __version__, "made": clock.now().isoformat()}
    try:
        with tempfile.TemporaryDirectory(prefix=".tocsin-backup-", dir=file.parent) as folder:
            files = take(loaded, Path(folder))
            pack(file, files, about)
    except (SnapshotError, OSError) as error:
        raise click.ClickException(f"Nothing was saved. {error}") from None
    click.echo(f"Saved {', '.join(one.name for one in files)} in {file} ({file.stat().st_size:,} bytes).")
    if KEY not in {one.name for one in files}:
        click.echo("The secret key is not in it: keep what TOCSIN_SECRET_KEY is set to, too.")

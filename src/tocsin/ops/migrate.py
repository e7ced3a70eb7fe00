"""`tocsin migrate`: bring the database to this version."""

from pathlib import Path

import click

from tocsin.ops.setup import data_option, django_founding, migrate


@click.command("migrate")
@data_option
def command(data: Path | None) -> None:
    """Bring the database to this version; `up`, `web` and `worker` do it by themselves."""
    loaded = django_founding(data)
    migrate()
    click.echo(f"The database in {loaded.data} is up to date.")

"""`tocsin export`: an organization's configuration as YAML."""

from pathlib import Path

import click

from tocsin.ops.place import organization_of
from tocsin.ops.setup import data_option, django_ready


@click.command("export")
@click.option("--organization", help="Its slug; not needed while there is only one.")
@data_option
def command(organization: str | None, data: Path | None) -> None:
    """Print teams, defaults, ownership and alert rules as one YAML file."""
    django_ready(data)
    from tocsin.formats.configuration import write
    from tocsin.pipeline.as_code import export

    click.echo(write(export(organization_of(organization))), nl=False)

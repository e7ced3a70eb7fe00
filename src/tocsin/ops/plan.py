"""`tocsin plan`: what a configuration file would change."""

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from tocsin.ops.errors import WrongInputError
from tocsin.ops.place import organization_of
from tocsin.ops.setup import data_option, django_ready

if TYPE_CHECKING:
    from tocsin.formats.configuration import Configuration
    from tocsin.pipeline.as_code import Applied


@click.command("plan")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@data_option
def command(file: TextIO, data: Path | None) -> None:
    """Say what FILE (- for standard input) would change, as a diff. Exit code 3 when it would change something."""
    django_ready(data)
    from tocsin.pipeline import clock
    from tocsin.pipeline.as_code import NotAppliedError, plan

    wanted = wanted_in(file.read())
    try:
        found = plan(organization_of(wanted.organization), wanted, clock.now())
    except NotAppliedError as error:
        raise click.ClickException(f"The file cannot be applied.\n{error}") from None
    show(found)
    if found.diff:
        raise click.exceptions.Exit(3)


def wanted_in(text: str) -> "Configuration":
    """What a file says; one that cannot be read is a WrongInputError (exit code 2)."""
    from tocsin.formats.configuration import BadConfigurationError, read

    try:
        return read(text)
    except (BadConfigurationError, UnicodeDecodeError) as error:
        raise WrongInputError(f"The file is no configuration: {error}") from None


def show(found: "Applied") -> None:
    """The diff in colours, and what is kept although it cannot run."""
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in found.diff.splitlines():
        click.echo(click.style(line, fg=colours.get(line[:1])))
    for mark in found.marks:
        click.echo(click.style(mark, fg="yellow"), err=True)
    if not found.diff:
        click.echo("Nothing would change: everything is as the file says.")

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
    from tocsin.store.models import Organization


@click.command("plan")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@data_option
def command(file: TextIO, data: Path | None) -> None:
    """Say what FILE (- for standard input) would change, as a diff.

    Exit code 0 when nothing would change, 3 when something would, 1 when the file is refused, whatever the reason.
    """
    django_ready(data)
    from tocsin.pipeline import clock
    from tocsin.pipeline.as_code import NotAppliedError, plan

    wanted = wanted_in(file)
    try:
        found = plan(place_of(wanted), wanted, clock.now())
    except NotAppliedError as error:
        raise click.ClickException(f"The file cannot be applied.\n{error}") from None
    show(found)
    if found.diff:
        raise click.exceptions.Exit(3)


def wanted_in(file: TextIO) -> "Configuration":
    """What a file says; one that cannot be read is refused (exit code 1)."""
    from tocsin.formats.configuration import BadConfigurationError, read

    try:
        return read(file.read())
    except (BadConfigurationError, UnicodeDecodeError) as error:
        raise click.ClickException(f"The file is no configuration: {error}") from None


def place_of(wanted: "Configuration") -> "Organization":
    """The organization that a file names; where there is none, it is the file that is refused (exit code 1)."""
    try:
        return organization_of(wanted.organization)
    except WrongInputError as error:
        raise click.ClickException(f"organization: {error.message}") from None


def show(found: "Applied") -> None:
    """The diff in colours, and what is kept although it cannot run."""
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in found.diff.splitlines():
        click.echo(click.style(line, fg=colours.get(line[:1])))
    for mark in found.marks:
        click.echo(click.style(mark, fg="yellow"), err=True)
    if not found.diff:
        click.echo("Nothing would change: everything is as the file says.")

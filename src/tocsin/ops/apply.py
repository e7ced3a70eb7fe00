"""`tocsin apply`: an organization as its configuration file says."""

from pathlib import Path
from typing import TextIO

import click

from tocsin.ops.plan import place_of, show, wanted_in
from tocsin.ops.setup import data_option, django_ready


@click.command("apply")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@data_option
def command(file: TextIO, data: Path | None) -> None:
    """Make the organization as FILE (- for standard input) says: all of it, or nothing.

    Exit code 1 when the file is refused, whatever is wrong with it.
    """
    django_ready(data)
    from tocsin.pipeline import clock
    from tocsin.pipeline.as_code import NotAppliedError, apply

    wanted = wanted_in(file)
    try:
        found = apply(place_of(wanted), wanted, clock.now())
    except NotAppliedError as error:
        raise click.ClickException(f"Nothing was changed.\n{error}") from None
    show(found)

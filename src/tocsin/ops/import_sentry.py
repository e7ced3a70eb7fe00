"""`tocsin import-sentry`: what can be taken over from Sentry, as a configuration file."""

from typing import TextIO

import click

from tocsin.ops.errors import WrongInputError


@click.command("import-sentry")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--organization", default="", help="The slug to write; else that of the export.")
def command(file: TextIO, organization: str) -> None:
    """Turn FILE, an organization's export or rules as the API lists them, into YAML for `tocsin plan` and `apply`.

    What cannot be carried over is said on standard error. Nothing is changed.
    """
    from tocsin.formats.configuration import write
    from tocsin.formats.sentry_export import NotFromSentryError, imported

    try:
        found = imported(file.read(), organization)
    except (NotFromSentryError, UnicodeDecodeError) as error:
        raise WrongInputError(str(error)) from None
    click.echo(write(found.configuration), nl=False)
    for line in found.report:
        click.echo(click.style(line, fg="yellow"), err=True)

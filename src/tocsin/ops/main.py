"""`tocsin`: every command, each in its own file and imported only when it runs."""

import importlib
import os
import sys

import click

from tocsin import __version__
from tocsin.ops.settings import SettingsError, load, unknown

COMMANDS = {
    "up": "Run everything in one process tree.",
    "web": "Serve the SDKs' door, the pages and the API.",
    "worker": "Digest, send and run what is scheduled.",
    "beat": "Say when scheduled work is due, where there is a broker.",
    "migrate": "Bring the database to this version.",
    "init": "Make an organization, a project and a token without a human.",
    "connect": "Connect an outside service.",
    "sign-in": "Print a link that signs a person in, once.",
    "explain": "Say why somebody was, or was not, told, and who would be.",
    "export": "Print an organization's configuration as YAML.",
    "plan": "Say what a configuration file would change.",
    "apply": "Make an organization as a configuration file says.",
    "import-sentry": "Turn a Sentry export, or its rules, into a configuration file.",
    "rules": "Ask alert rules about the tests stored with them.",
    "doctor": "Check everything that this instance needs, and say what to do.",
    "replay": "Send what ended badly again.",
    "backup": "Save everything in one file while it runs.",
    "restore": "Put a backup back.",
    "demo": "Run a small shop that fails in a dozen ways.",
}


HIDDEN = ("forward",)  # `web` starts it


class Commands(click.Group):
    """Looks a command up by its name: tocsin.ops.<name>:command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in (*COMMANDS, *HIDDEN):
            return None
        command: click.Command = importlib.import_module(f"tocsin.ops.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="tocsin")
def tocsin() -> None:
    """Every error reaches the right people, once, where they are, and anyone can see why."""


def main() -> None:
    if "--under-parent" not in sys.argv:  # the parent has said it
        for line in unknown(os.environ):
            click.echo(f"tocsin: {line}", err=True)
    try:
        load()
    except SettingsError as error:
        click.echo(f"tocsin: {error}", err=True)
        sys.exit(2)
    tocsin(prog_name="tocsin")

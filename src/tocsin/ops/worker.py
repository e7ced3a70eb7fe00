"""`tocsin worker`: digest, send and run what is scheduled, in one process."""

import fcntl
from pathlib import Path
from typing import IO

import click

from tocsin.ops.settings import Settings
from tocsin.ops.setup import data_option, django_ready, migrate


@click.command("worker")
@click.option("--under-parent", is_flag=True, hidden=True, help="End when standard input ends.")
@data_option
def command(under_parent: bool, data: Path | None) -> None:
    """Digest, send and run what is scheduled; one worker a data folder."""
    loaded = django_ready(data)
    if not under_parent:
        migrate()
    with only_one(loaded, "worker"):
        import uvloop

        from tocsin.ops.work import work

        uvloop.run(work(loaded, under_parent))


FRONT = "tocsin up or tocsin web"


def only_one(settings: Settings, role: str, called: str = "") -> IO[str]:
    """Holds the data folder's lock of a role until closed; a second holder gets one clear line.

    `called` names the commands that share the lock: two doors must not write to one spool.
    """
    file = (settings.data / f"{role}.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise click.ClickException(
            f"Another {called or f'tocsin {role}'} runs on {settings.data} already. Stop it first."
        ) from None
    return file

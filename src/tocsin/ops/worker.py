"""`tocsin worker`: digest, send and run what is scheduled, in one process or, with a broker, in many."""

import fcntl
import sys
from pathlib import Path
from typing import IO

import click

from tocsin.ops.errors import WrongInputError
from tocsin.ops.settings import Settings
from tocsin.ops.setup import data_option, django_founding, migrate


@click.command("worker")
@click.option("--queues", default="digest,deliver,schedule", show_default=True, help="With a broker: what to do.")
@click.option("--concurrency", type=click.IntRange(1), help="With a broker: processes at once.  [default: cores]")
@click.option("--under-parent", is_flag=True, hidden=True, help="End when standard input ends.")
@data_option
def command(queues: str, concurrency: int | None, under_parent: bool, data: Path | None) -> None:
    """Digest, send and run what is scheduled; one worker a data folder, with a broker as many as you like."""
    loaded = django_founding(data)
    if not under_parent:
        migrate()
    if loaded.broker_url:
        from tocsin.ops.distributed import run_worker

        sys.exit(run_worker(loaded, _known(queues), concurrency))
    with only_one(loaded, "worker"):
        import uvloop

        from tocsin.ops.work import leave, succeed, work

        succeed(loaded)
        uvloop.run(work(loaded, under_parent))
        leave(loaded)


def _known(queues: str) -> list[str]:
    from tocsin.engine.celery import QUEUES

    names = [name.strip() for name in queues.split(",") if name.strip()]
    if not names or not set(names) <= set(QUEUES):
        raise WrongInputError(f"--queues {queues} is not among {','.join(QUEUES)}.")
    return names


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

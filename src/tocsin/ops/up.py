"""`tocsin up`: everything in one process tree, on one data folder."""

import asyncio
import os
import socket
from pathlib import Path

import click
import uvicorn
import uvloop

from tocsin.ops import settings
from tocsin.ops.child import keep
from tocsin.ops.settings import Settings
from tocsin.ops.setup import data_option, django_founding, keep_address, migrate
from tocsin.ops.worker import FRONT, only_one


@click.command("up")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--email", help="Your address, for the first start: who signs in and is told.")
@data_option
def command(host: str, port: int, email: str | None, data: Path | None) -> None:
    """Run the door, the pages, the digest, the sender and the schedule; stop with Ctrl-C."""
    if not os.environ.get("TOCSIN_URL"):
        os.environ["TOCSIN_URL"] = f"http://{_spoken(host)}:{port}"
        settings.load.cache_clear()
    if os.environ.pop("TOCSIN_BROKER_URL", ""):
        click.echo(
            "tocsin: TOCSIN_BROKER_URL is for tocsin web, worker and beat; up does without a broker.", err=True
        )
        settings.load.cache_clear()
    loaded = django_founding(data)
    with only_one(loaded, "up", FRONT):
        migrate()
        from tocsin.ops.first_start import first_start
        from tocsin.ops.front import bound, server

        with bound(host, port) as listening:
            welcome = first_start(email)
            keep_address(loaded)
            uvloop.run(_serve(server(loaded), listening, loaded, welcome))


def _spoken(host: str) -> str:
    """The address to type for a host that is listened on."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 — only recognised here


async def _serve(serving: uvicorn.Server, listening: socket.socket, loaded: Settings, welcome: str) -> None:
    """The front in this process, the worker in a child that is started again if it dies."""
    stopping = asyncio.Event()
    worker = asyncio.create_task(keep(["worker", "--under-parent", "--data", str(loaded.data)], stopping))
    greeting = asyncio.create_task(_greet(serving, welcome))
    try:
        await serving.serve([listening])  # returns after SIGTERM or SIGINT, when the last request is answered
    finally:
        stopping.set()
        greeting.cancel()
        await worker
    if not serving.started:
        raise SystemExit(1)


async def _greet(serving: uvicorn.Server, welcome: str) -> None:
    """Says where everything is once it answers there."""
    while not serving.started:  # noqa: ASYNC110 — uvicorn tells by a flag only
        await asyncio.sleep(0.02)
    click.echo(welcome)

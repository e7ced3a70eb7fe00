"""`tocsin web`: the front process alone; with a broker, a forwarder beside it."""

import asyncio
import socket
from pathlib import Path

import click
import uvicorn

from tocsin.ops.child import keep
from tocsin.ops.settings import Settings
from tocsin.ops.setup import data_option, django_founding, migrate
from tocsin.ops.worker import FRONT, only_one


@click.command("web")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@data_option
def command(host: str, port: int, data: Path | None) -> None:
    """Serve the SDKs' door, the pages and the API; `tocsin worker` does the rest."""
    loaded = django_founding(data)
    with only_one(loaded, "up", FRONT):
        migrate()
        import uvloop

        from tocsin.ops.front import bound, server

        with bound(host, port) as listening:
            uvloop.run(_serve(server(loaded), listening, loaded))


async def _serve(serving: uvicorn.Server, listening: socket.socket, loaded: Settings) -> None:
    stopping = asyncio.Event()
    beside = [keep(["forward", "--data", str(loaded.data)], stopping)] if loaded.broker_url else []
    tasks = [asyncio.create_task(one) for one in beside]
    try:
        await serving.serve([listening])
    finally:
        stopping.set()
        await asyncio.gather(*tasks)

"""`tocsin web`: the front process alone."""

from pathlib import Path

import click

from tocsin.ops.setup import data_option, django_ready, migrate
from tocsin.ops.worker import FRONT, only_one


@click.command("web")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@data_option
def command(host: str, port: int, data: Path | None) -> None:
    """Serve the SDKs' door, the pages and the API; `tocsin worker` does the rest."""
    loaded = django_ready(data)
    with only_one(loaded, "up", FRONT):
        migrate()
        import uvloop

        from tocsin.ops.front import bound, server

        with bound(host, port) as listening:
            uvloop.run(server(loaded).serve([listening]))

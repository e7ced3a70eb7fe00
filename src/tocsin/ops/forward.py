"""`tocsin forward`: what `tocsin web` starts beside itself where there is a broker."""

from pathlib import Path

import click

from tocsin.ops.setup import data_option, django_founding
from tocsin.ops.worker import only_one


@click.command("forward")
@data_option
def command(data: Path | None) -> None:
    """Hand the events that the door of this data folder accepted to the broker."""
    loaded = django_founding(data)
    with only_one(loaded, "worker"):
        from tocsin.ops.distributed import run_forwarder

        run_forwarder(loaded)

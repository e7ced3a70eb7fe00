"""`tocsin beat`: the clock of an installation of several nodes."""

from pathlib import Path

import click

from tocsin.ops.errors import WrongInputError
from tocsin.ops.setup import data_option, django_founding


@click.command("beat")
@data_option
def command(data: Path | None) -> None:
    """Say when scheduled work is due; workers do it. One is enough, a second does no harm."""
    loaded = django_founding(data)
    if not loaded.broker_url:
        raise WrongInputError(
            "tocsin beat needs TOCSIN_BROKER_URL; tocsin up and tocsin worker tick by themselves."
        )
    from tocsin.ops.distributed import run_beat

    run_beat(loaded)

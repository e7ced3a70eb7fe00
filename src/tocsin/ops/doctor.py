"""`tocsin doctor`: is everything as it has to be, and what to do where it is not."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from tocsin.ops.setup import data_option, django_ready

SIGNS = {"good": ("ok  ", "green"), "warn": ("note", "yellow"), "bad": ("BAD ", "red")}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@data_option
def command(as_json: bool, data: Path | None) -> None:
    """Check everything that this instance needs, and say what to do. Exit code 1 when something is bad."""
    loaded = django_ready(data)
    from tocsin.ops.checks import CHECKS, examine

    found = {name: examine(name, loaded) for name in CHECKS}
    if as_json:
        click.echo(json.dumps({name: asdict(finding) for name, finding in found.items()}))
    else:
        for name, finding in found.items():
            sign, colour = SIGNS[finding.state]
            click.echo(f"{click.style(sign, fg=colour)}  {name:<13} {finding.words}")
            if finding.todo:
                click.echo(f"      {'':<13} → {finding.todo}")
    if any(finding.state == "bad" for finding in found.values()):
        sys.exit(1)

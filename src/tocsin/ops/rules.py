"""`tocsin rules`: the tests that are stored with alert rules."""

import json
from pathlib import Path

import click

from tocsin.ops.errors import WrongInputError
from tocsin.ops.setup import data_option, django_ready


@click.group("rules")
def command() -> None:
    """What alert rules are expected to do."""


@command.command("test")
@click.option("--project", default="", help="The slug of one project; else all of them.")
@click.option("--organization", default="", help="Its slug, where there is more than one.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@data_option
def test(project: str, organization: str, as_json: bool, data: Path | None) -> None:
    """Ask each rule about the cases stored with it. Exit code 1 when one fails."""
    django_ready(data)
    from tocsin.pipeline.rule_tests import results

    found = results(organization, project)
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found]))
    else:
        for one in found:
            mark = click.style("ok", fg="green") if one.holds else click.style("fails", fg="red")
            because = "" if one.holds else f"\n    {one.reason}"
            click.echo(f"{one.project}, {one.rule}, {one.name}: {mark}{because}")
        failed = sum(not one.holds for one in found)
        click.echo(f"{len(found)} tests, {failed} failed.")
    if project and not found:
        raise WrongInputError(f"No rule of a project {project!r} has tests.")
    if not all(one.holds for one in found):
        raise click.exceptions.Exit(1)

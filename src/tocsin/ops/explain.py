"""`tocsin explain`: why somebody was, or was not, told; and who would be."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from tocsin.ops.errors import WrongInputError
from tocsin.ops.setup import data_option, django_ready


@click.group("explain")
def command() -> None:
    """Why somebody was, or was not, told; and who would be."""


organization_option = click.option("--organization", default="", help="Its slug, where there is more than one.")
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


@command.command("issue")
@click.argument("short_id")
@click.option("--user", default="", help="The address of a member: why they were, or were not, told.")
@click.option("--if-assigned", default="", metavar="WHO", help="An address or #team: who would hear of it.")
@organization_option
@json_option
@data_option
def issue(  # noqa: PLR0913, PLR0917 — one for each option
    short_id: str, user: str, if_assigned: str, organization: str, as_json: bool, data: Path | None
) -> None:
    """Who was told of the issue SHORT_ID (SHOP-12), and why."""
    django_ready(data)
    from tocsin.ops import explaining

    found = explaining.issue(short_id, organization)
    if if_assigned:
        _say(explaining.supposed_assignment(found, if_assigned), as_json=as_json)
    elif user:
        _say(explaining.of_person(found, user), as_json=as_json)
    else:
        _say(explaining.of_issue(found), as_json=as_json)


@command.command("project")
@click.argument("slug")
@organization_option
@json_option
@data_option
def project(slug: str, organization: str, as_json: bool, data: Path | None) -> None:
    """Who would hear if each alert rule of the project SLUG fired now."""
    django_ready(data)
    from tocsin.ops import explaining

    _say(explaining.supposed_alerts(slug, organization), as_json=as_json)


def _say(stories: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    told = list(stories)
    if as_json:
        click.echo(json.dumps(told, default=str))
        return
    if not told:
        raise WrongInputError("Nothing was said of it, and nothing decided.")
    for story in told:
        click.echo(click.style(str(story["what"]), bold=True) + f"  {story.get('when', '')}")
        for step in story["steps"]:
            click.echo(f"  {step['verdict']:<10}  {step['label']}: {step['sentence']}")
        for one in story["deliveries"]:
            reason = f" ({one['reason']})" if one["reason"] else ""
            click.echo(f"  → {one['state']:<10} {one['to']} over {one['provider']}{reason}")

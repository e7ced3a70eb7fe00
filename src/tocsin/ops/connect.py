"""`tocsin connect`: from a shell what the integration's form does."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.ops.errors import WrongInputError
from tocsin.ops.place import organization_of
from tocsin.ops.setup import data_option, django_ready, migrate

if TYPE_CHECKING:
    from tocsin.store.models import Organization


@click.command("connect")
@click.argument("provider")
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--organization", help="Its slug; not needed while there is only one.")
@click.option("--name", help="What to call the connection; else the account's own name.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@data_option
def command(  # noqa: PLR0913, PLR0917 — one argument for each option
    provider: str,
    values: tuple[str, ...],
    organization: str | None,
    name: str | None,
    as_json: bool,
    data: Path | None,
) -> None:
    """Connect an outside service: tocsin connect slack token=xoxb-…

    A value may be read from a file (token=@slack.token) or from standard input (token=-), so that a secret need
    not be in the shell's history.
    """
    django_ready(data)
    migrate()
    made = connected(organization_of(organization), provider, read_values(values), name)
    click.echo(
        json.dumps(made) if as_json else f"{made['answer']} ({made['provider']} {made['id']}: {made['name']})"
    )


def connected(
    organization: "Organization", provider: str, values: dict[str, str], name: str | None = None
) -> dict[str, object]:
    """What `tocsin connect` prints, by key; a wrong service or field is a WrongInputError (exit code 2)."""
    from tocsin.core.fields import InvalidFieldsError
    from tocsin.pipeline import clock
    from tocsin.pipeline.connect import NotConnectedError, UnknownServiceError, connect
    from tocsin.store.writes.integrations import NameTakenError

    try:
        _known_fields(provider, values)
        made = connect(
            organization_id=organization.pk,
            provider=provider,
            values=values,
            name=name,
            actor_id=None,
            now=clock.now(),
        )
    except (UnknownServiceError, InvalidFieldsError, NameTakenError) as error:
        raise WrongInputError(str(error)) from None
    except NotConnectedError as error:
        raise click.ClickException(str(error)) from None
    return {
        "id": made.id,
        "provider": made.provider,
        "name": made.name,
        "organization": organization.slug,
        "is_new": made.is_new,
        "answer": made.answer,
    }


def read_values(pairs: tuple[str, ...]) -> dict[str, str]:
    """key=value, key=@file and key=- as a mapping; files and standard input without their last line break."""
    values: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise WrongInputError(f"{pair!r} is no setting; write key=value.")
        if key in values:
            raise WrongInputError(f"{key!r} is given twice.")
        values[key] = _read(value)
    return values


def _read(value: str) -> str:
    if value == "-":
        return sys.stdin.read().rstrip("\r\n")
    if not value.startswith("@"):
        return value
    try:
        return Path(value[1:]).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongInputError(f"The file {value[1:]} cannot be read: {error}") from None


def _known_fields(provider: str, values: dict[str, str]) -> None:
    """A misspelt field would otherwise be left aside, and its default used, without a word."""
    from tocsin.core.fields import specs
    from tocsin.pipeline.connect import service

    known = [name for name, spec, _ in specs(service(provider).settings) if not spec.is_granted]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise WrongInputError(f"{provider} has no setting {', '.join(unknown)}. Its settings: {', '.join(known)}.")

"""`tocsin init`: the first start without a human, in one JSON object."""

import json
from pathlib import Path

import click

from tocsin.ops.errors import WrongInputError
from tocsin.ops.setup import data_option, django_founding, migrate

TOKEN_NAME = "init"  # noqa: S105 — what the token is called


@click.command("init")
@click.option("--organization", required=True, help="Its name, for example acme.")
@click.option("--project", required=True, help="Its name, for example shop.")
@click.option("--email", help="Who owns the organization and is told.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@data_option
def command(organization: str, project: str, email: str | None, as_json: bool, data: Path | None) -> None:
    """Make an organization, a project and a token without a human.

    Run again, it makes nothing twice: it prints the same DSN and the same token, and a sign-in link of its own. A
    token that was revoked does not come back: the next is another.
    """
    django_founding(data)
    migrate()
    made = initialise(organization, project, email)
    click.echo(json.dumps(made) if as_json else _lines(made))


def initialise(organization: str, project: str, email: str | None) -> dict[str, str]:
    """What `tocsin init` prints, by key."""
    from tocsin.core.dsn import dsn
    from tocsin.pipeline import clock, links
    from tocsin.store.writes import api_tokens
    from tocsin.store.writes.accounts import LINK_LASTS, new_sign_in_link
    from tocsin.store.writes.founding import UnusableNameError, found

    now = clock.now()
    try:
        founded = found(organization=organization, project=project, email=email, now=now)
    except UnusableNameError as error:
        raise WrongInputError(str(error)) from None
    place, user = founded.organization, founded.user
    return {
        "dsn": dsn(links.base(), founded.key.public_key, founded.project.pk),
        "api_token": api_tokens.standing(user_id=user.pk, organization_id=place.pk, name=TOKEN_NAME, now=now),
        "sign_in_url": f"{links.base()}/sign-in/link/{new_sign_in_link(user.pk, now, LINK_LASTS)}/",
        "organization": place.slug,
        "project": founded.project.slug,
    }


def _lines(made: dict[str, str]) -> str:
    return "\n".join(f"{key.replace('_', ' ')}: {value}" for key, value in made.items())

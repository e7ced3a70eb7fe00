"""`tocsin sign-in`: a link that signs a person in, for whoever runs the server."""

from pathlib import Path

import click

from tocsin.ops.errors import WrongInputError
from tocsin.ops.setup import data_option, django_ready, migrate


@click.command("sign-in")
@click.argument("email")
@data_option
def command(email: str, data: Path | None) -> None:
    """Print a link that signs EMAIL in, once, within a day."""
    django_ready(data)
    migrate()
    click.echo(link_of(email))


def link_of(email: str) -> str:
    """A new one-time link for an account; an unknown address is a WrongInputError that lists none."""
    from tocsin.pipeline import clock, links
    from tocsin.store.models import User
    from tocsin.store.writes.accounts import LINK_LASTS, new_sign_in_link

    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise WrongInputError(f"Nobody here has the address {email}. `tocsin init` makes an account.")
    return f"{links.base()}/sign-in/link/{new_sign_in_link(user.pk, clock.now(), LINK_LASTS)}/"

"""What the first start makes, and what every start says."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from tocsin.core.dsn import dsn
from tocsin.ops.errors import WrongInputError
from tocsin.ops.to_type import to_type
from tocsin.pipeline import clock, links
from tocsin.store.models import Organization, ProjectKey, User
from tocsin.store.writes.accounts import LINK_LASTS, new_sign_in_link
from tocsin.store.writes.founding import UnusableNameError, found

ORGANIZATION = "Main"
PROJECT = "App"
NOBODY_YET = "admin@localhost"


def first_start(email: str | None) -> str:
    """Makes an organization, a team and a project with its key and rule in an empty database; the words to print.

    As long as nobody has signed in, each start prints a new one-time link, and then, as long as nobody has chosen a
    password, the command that prints one: there is never a default password.
    An address that is none is a WrongInputError; one that comes too late is named, as it changes nothing.
    """
    now = clock.now()
    if Organization.objects.exists():
        return _too_late(email) + _words(now)
    try:
        found(organization=ORGANIZATION, project=PROJECT, email=email or NOBODY_YET, now=now)
    except UnusableNameError as error:
        raise WrongInputError(str(error)) from None
    return _words(now)


def _too_late(email: str | None) -> str:
    if not email or User.objects.filter(email=email.strip().lower()).exists():
        return ""
    return f"\n  {email} is not used: --email is for the first start. Give your address under Account.\n"


def _words(now: datetime) -> str:
    lines = ["", f"  Tocsin is ready at {links.base()}/", ""]
    if owner := User.objects.filter(is_active=True).order_by("pk").first():
        lines += _way_in(owner, now)
    if key := ProjectKey.objects.filter(is_active=True).order_by("pk").first():
        lines.append(f"  DSN for your SDK       {dsn(links.base(), key.public_key, key.project_id)}")
    lines += [f"  Everything is kept in  {settings.TOCSIN.data.resolve()}", "", "  Stop with Ctrl-C.", ""]
    return "\n".join(lines)


def _way_in(owner: User, now: datetime) -> list[str]:
    """A link until somebody has been here; then, until somebody has a password, how to come by one."""
    if not User.objects.filter(last_active__isnull=False).exists():
        token = new_sign_in_link(owner.pk, now, LINK_LASTS)
        return [f"  Sign in (works once)   {links.base()}/sign-in/link/{token}/"]
    if User.objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists():
        return []
    return [f"  A link to sign in by   {to_type(f'sign-in {owner.email}', settings.TOCSIN.data)}"]

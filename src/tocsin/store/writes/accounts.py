"""What people do to their own account, and the links that sign them in."""

import secrets
from datetime import datetime, timedelta

from tocsin.store.db import one_transaction
from tocsin.store.models import SignInLink, User
from tocsin.store.queries.accounts import digest
from tocsin.store.versions import person_changed

LINK_LASTS = timedelta(hours=24)


def was_active(user_id: int, now: datetime) -> None:
    """Remembers that a person was here; rules that fall through to the recently active ask for it."""
    with one_transaction():
        User.objects.filter(pk=user_id).update(last_active=now)
        person_changed(user_id)


def new_sign_in_link(user_id: int, now: datetime, lifetime: timedelta) -> str:
    """The secret token of a link that signs a person in once; only its SHA-256 is kept."""
    token = secrets.token_urlsafe(32)
    with one_transaction():
        SignInLink.objects.create(user_id=user_id, digest=digest(token), expires=now + lifetime)
    return token


def use_sign_in_link(token: str, now: datetime) -> User | None:
    """The person whom a link signs in, once: of two who press at the same moment one gets None."""
    fresh = SignInLink.objects.filter(
        digest=digest(token), used__isnull=True, expires__gt=now, user__is_active=True
    )
    with one_transaction():
        if not fresh.update(used=now):
            return None
        return User.objects.get(signinlink__digest=digest(token))


def described(user: User, *, name: str, time_zone: str, email: str = "") -> None:
    """A person said what they are called and where they are; `email` replaces an address that reaches nobody."""
    user.name, user.time_zone, user.email = name, time_zone, email.lower() or user.email
    with one_transaction():
        user.save(update_fields=["name", "time_zone", "email"])


def chose_password(user: User, password: str) -> None:
    """Keeps only its argon2 hash; sessions opened with the old one end by themselves, unused links with it."""
    user.set_password(password)
    with one_transaction():
        user.save(update_fields=["password"])
        SignInLink.objects.filter(user=user, used__isnull=True).delete()

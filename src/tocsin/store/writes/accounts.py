"""What people do to their own account, and the links that sign them in."""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError

from tocsin.store.db import one_transaction
from tocsin.store.models import AddressChange, SignInLink, User
from tocsin.store.queries.accounts import digest
from tocsin.store.versions import person_changed
from tocsin.store.writes import audit

LINK_LASTS = timedelta(hours=24)


class AddressTakenError(ValueError):
    """Somebody else signs in with the address."""


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


def described(user: User, *, name: str, time_zone: str) -> None:
    """A person said what they are called and where they are."""
    user.name, user.time_zone = name, time_zone
    with one_transaction():
        user.save(update_fields=["name", "time_zone"])


def chose_password(user: User, password: str, now: datetime) -> None:
    """Keeps only its argon2 hash; sessions opened with the old one end by themselves, unused links with it."""
    user.set_password(password)
    with one_transaction():
        user.save(update_fields=["password"])
        _end_links(user.pk, now)


def new_address_change(user_id: int, email: str, now: datetime) -> str:
    """The secret token of a link that confirms a person's new address, once; it ends those asked for before."""
    token = secrets.token_urlsafe(32)
    with one_transaction():
        _end_address_changes(user_id, now)
        AddressChange.objects.create(
            user_id=user_id, email=email.lower(), digest=digest(token), expires=now + LINK_LASTS
        )
    return token


def use_address_change(token: str, user_id: int, now: datetime) -> str | None:
    """The address that a link confirms for the person who asked for it, once; from now on it is theirs.

    Raises AddressTakenError when somebody else signs in with it by now.
    """
    fresh = AddressChange.objects.filter(digest=digest(token), user_id=user_id, used__isnull=True, expires__gt=now)
    with one_transaction():
        if not fresh.update(used=now):
            return None
        email = AddressChange.objects.get(digest=digest(token)).email
        changed_address(User.objects.get(pk=user_id), email, now, is_proved=True)
    return email


def changed_address(user: User, email: str, now: datetime, *, is_proved: bool) -> None:
    """What a person signs in with and is told at; sign-in links that nobody used end.

    `is_proved` says that a mail which went there showed that it is theirs. Raises AddressTakenError when somebody
    else signs in with it.
    """
    before, user.email, user.is_email_proved = user.email, email.lower(), is_proved
    try:
        with one_transaction():
            user.save(update_fields=["email", "is_email_proved"])
            _end_links(user.pk, now)
            for organization_id in user.memberships.values_list("organization_id", flat=True):
                data = {"from": before, "to": user.email}
                audit.note(organization_id, "member.address", f"user:{user.pk}", data, actor_id=user.pk, now=now)
    except IntegrityError:
        raise AddressTakenError("Somebody signs in with that address already.") from None


def _end_links(user_id: int, now: datetime) -> None:
    SignInLink.objects.filter(user_id=user_id, used__isnull=True).delete()
    _end_address_changes(user_id, now)


def _end_address_changes(user_id: int, now: datetime) -> None:
    AddressChange.objects.filter(user_id=user_id, used__isnull=True).update(used=now)

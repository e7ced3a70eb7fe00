"""A person's further addresses: each is asked by mail whether it is theirs, and only then used."""

from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer

from tocsin.core.people import Person
from tocsin.notifications.address_proof import NOTIFICATION_KIND, Facts
from tocsin.pipeline import links
from tocsin.pipeline.address_change import (
    AN_HOUR,
    MOST_AN_HOUR,
    NOWHERE,
    TooManyChangesError,
    UnwritableAddressError,
    mail_way,
    say,
)
from tocsin.store.db import one_transaction
from tocsin.store.models import User
from tocsin.store.queries import addresses as queries
from tocsin.store.writes import addresses as writes

SALT = "tocsin.address"
LASTS = timedelta(hours=24)


def add(user: User, email: str, now: datetime) -> None:
    """Keeps an address as unproved and asks there; asks again for one that is there already.

    Raises UnwritableAddressError where no mail can go or none can be sent, and TooManyChangesError for the sixth
    mail within an hour.
    """
    email = email.lower()
    way = mail_way(user)
    if way is None:
        raise UnwritableAddressError("No mail server is connected, so nothing can ask there whether it is yours.")
    to = None if email.endswith(NOWHERE) else way.to(Person(user.pk, user.display_name, email))
    if to is None:
        raise UnwritableAddressError("No mail can be sent to that address: write it with plain letters.")
    if queries.asked(user.pk, now - AN_HOUR) >= MOST_AN_HOUR:
        raise TooManyChangesError(f"{MOST_AN_HOUR} such mails were sent within an hour. Try again in an hour.")
    with one_transaction():
        address_id = writes.added(user.pk, email, now)
        facts = Facts(user.display_name, email, links.addresses(), _token(address_id, email, now))
        say(way, user, to, facts, now, kind=NOTIFICATION_KIND.slug)


def _token(address_id: int, email: str, now: datetime) -> str:
    return Signer(salt=SALT).sign_object([address_id, email, int(now.timestamp())])


def asked_about(user_id: int, token: str, now: datetime) -> str | None:
    """The address that a link proves; None for one that is over, tampered with, another's, or removed meanwhile."""
    try:
        address_id, email, at = Signer(salt=SALT).unsign_object(token)
        signed = datetime.fromtimestamp(at, UTC)
    except (BadSignature, ValueError, TypeError, OverflowError):
        return None
    is_fresh = now - LASTS < signed <= now + AN_HOUR
    return email if is_fresh and queries.is_there(user_id, address_id, email) else None


def prove(user_id: int, token: str, now: datetime) -> str | None:
    """The address that counts from now on."""
    email = asked_about(user_id, token, now)
    if email:
        writes.proved(user_id, email, now)
    return email

"""Bearer tokens of the API, issued and noticed; only what recognises them is kept."""

import secrets
from datetime import datetime

from django.utils.crypto import salted_hmac

from tocsin.store.db import one_transaction
from tocsin.store.models import ApiToken, AuditEntry
from tocsin.store.queries.accounts import digest
from tocsin.store.writes import audit

REMOVED = "api-token.remove"
PREFIX = "tocsin_"  # lets secret scanners recognise one that leaked


def issue(*, user_id: int, organization_id: int, name: str, now: datetime) -> str:
    """A new token, readable this once; an earlier one of the same person, organization and name ends."""
    token = PREFIX + secrets.token_hex(32)
    with one_transaction():
        _keep(token, user_id, organization_id, name, now)
    return token


def standing(*, user_id: int, organization_id: int, name: str, now: datetime) -> str:
    """The token of this person, organization and name: the same each time, though only its hash is kept.

    It is derived from the secret key. One that was revoked is not brought back: the next is another.
    """
    with one_transaction():
        revoked = AuditEntry.objects.filter(
            organization_id=organization_id, actor_id=user_id, event=REMOVED, data__name=name
        ).count()
        words = f"{user_id}:{organization_id}:{revoked}:{name}"
        token = PREFIX + salted_hmac("tocsin.api-token", words, algorithm="sha256").hexdigest()
        if not ApiToken.objects.filter(digest=digest(token)).exists():
            _keep(token, user_id, organization_id, name, now)
    return token


def _keep(token: str, user_id: int, organization_id: int, name: str, now: datetime) -> None:
    ApiToken.objects.filter(user_id=user_id, organization_id=organization_id, name=name).delete()
    made = ApiToken.objects.create(
        user_id=user_id,
        organization_id=organization_id,
        name=name,
        digest=digest(token),
        last_four=token[-4:],
        date_added=now,
    )
    _note(made, "api-token.add", f"api-token:{made.pk}", now)


def revoke(user_id: int, token_id: int, now: datetime) -> str | None:
    """The name of a person's token, which opens nothing from now on; None when they have no such token."""
    with one_transaction():
        found = ApiToken.objects.filter(user_id=user_id, pk=token_id).first()
        if found is None:
            return None
        found.delete()
        _note(found, REMOVED, f"api-token:{token_id}", now)
    return found.name


def _note(token: ApiToken, event: str, target: str, now: datetime) -> None:
    data = {"name": token.name, "last_four": token.last_four}
    audit.note(token.organization_id, event, target, data, actor_id=token.user_id, now=now)


def was_used(token_id: int, now: datetime) -> None:
    with one_transaction():
        ApiToken.objects.filter(pk=token_id).update(last_used=now)

"""Bearer tokens of the API, issued and noticed; only what recognises them is kept."""

import secrets
from datetime import datetime

from tocsin.store.db import one_transaction
from tocsin.store.models import ApiToken
from tocsin.store.queries.accounts import digest
from tocsin.store.writes import audit

PREFIX = "tocsin_"  # lets secret scanners recognise one that leaked


def issue(*, user_id: int, organization_id: int, name: str, now: datetime) -> str:
    """A new token, readable this once; an earlier one of the same person, organization and name ends."""
    token = PREFIX + secrets.token_hex(32)
    with one_transaction():
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
    return token


def revoke(user_id: int, token_id: int, now: datetime) -> str | None:
    """The name of a person's token, which opens nothing from now on; None when they have no such token."""
    with one_transaction():
        found = ApiToken.objects.filter(user_id=user_id, pk=token_id).first()
        if found is None:
            return None
        found.delete()
        _note(found, "api-token.remove", f"api-token:{token_id}", now)
    return found.name


def _note(token: ApiToken, event: str, target: str, now: datetime) -> None:
    data = {"name": token.name, "last_four": token.last_four}
    audit.note(token.organization_id, event, target, data, actor_id=token.user_id, now=now)


def was_used(token_id: int, now: datetime) -> None:
    with one_transaction():
        ApiToken.objects.filter(pk=token_id).update(last_used=now)

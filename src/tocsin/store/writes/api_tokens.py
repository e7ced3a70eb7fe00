"""Bearer tokens of the API, issued and noticed; only what recognises them is kept."""

import secrets
from datetime import datetime

from tocsin.store.db import one_transaction
from tocsin.store.models import ApiToken
from tocsin.store.queries.accounts import digest

PREFIX = "tocsin_"  # lets secret scanners recognise one that leaked


def issue(*, user_id: int, organization_id: int, name: str, now: datetime) -> str:
    """A new token, readable this once; an earlier one of the same person, organization and name ends."""
    token = PREFIX + secrets.token_hex(32)
    with one_transaction():
        ApiToken.objects.filter(user_id=user_id, organization_id=organization_id, name=name).delete()
        ApiToken.objects.create(
            user_id=user_id,
            organization_id=organization_id,
            name=name,
            digest=digest(token),
            last_four=token[-4:],
            date_added=now,
        )
    return token


def was_used(token_id: int, now: datetime) -> None:
    with one_transaction():
        ApiToken.objects.filter(pk=token_id).update(last_used=now)

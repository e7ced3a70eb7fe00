"""What people do with their further mail addresses; a removed one is no longer written to by any project."""

from datetime import datetime

from tocsin.store.db import one_transaction
from tocsin.store.models import ProjectAddress, UserAddress


def added(user_id: int, email: str, now: datetime) -> int:
    """The id of a person's address, which is new and unproved or there already."""
    row, _ = UserAddress.objects.get_or_create(user_id=user_id, email=email, defaults={"date_added": now})
    return row.pk


def proved(user_id: int, email: str, now: datetime) -> None:
    with one_transaction():
        for row in UserAddress.objects.filter(user_id=user_id, email=email, verified__isnull=True):
            row.verified = now
            row.save(update_fields=["verified"])  # as a row, so that who reads the people hears of it


def removed(user_id: int, address_id: int) -> str:
    """The address that is gone, and with it whatever wrote to it; "" if there was none."""
    with one_transaction():
        row = UserAddress.objects.filter(pk=address_id, user_id=user_id).first()
        if row is None:
            return ""
        for routed in ProjectAddress.objects.filter(user_id=user_id, email=row.email):
            routed.delete()
        row.delete()
    return row.email

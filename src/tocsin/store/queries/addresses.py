"""A person's further mail addresses, and which project writes to which."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.store.models import Delivery, UserAddress


@dataclass(frozen=True, slots=True)
class Address:
    id: int
    email: str
    is_proved: bool


def of_person(user_id: int) -> list[Address]:
    rows = UserAddress.objects.filter(user_id=user_id).order_by("email")
    return [Address(row.pk, row.email, row.verified is not None) for row in rows]


def is_there(user_id: int, address_id: int, email: str) -> bool:
    return UserAddress.objects.filter(pk=address_id, user_id=user_id, email=email).exists()


def asked(user_id: int, since: datetime) -> int:
    """How many mails have asked about further addresses of a person, removed ones too."""
    found = Delivery.objects.filter(user_id=user_id, notification__kind="address_proof", date_added__gt=since)
    return found.count()

"""What a person did with their inbox."""

from collections.abc import Sequence
from datetime import datetime

from tocsin.store.models import Delivery
from tocsin.store.queries.inbox import of_person


def read(user_id: int, delivery_ids: Sequence[int] | None, now: datetime) -> int:
    """The person's own messages (all for None) are read; how many were unread before."""
    unread = of_person(user_id).filter(read__isnull=True)
    if delivery_ids is not None:
        unread = unread.filter(pk__in=delivery_ids)
    return Delivery.objects.filter(pk__in=unread.values("pk")).update(read=now)


def unread(user_id: int, delivery_id: int) -> int:
    """The person wants to see it again."""
    mine = of_person(user_id).filter(pk=delivery_id)
    return Delivery.objects.filter(pk__in=mine.values("pk")).update(read=None)

"""A person's inbox: what was delivered to them inside the product."""

from django.db.models import Q, QuerySet

from tocsin.core.delivery import State
from tocsin.store.models import Delivery
from tocsin.store.queries.deliveries import PAGE, Row, row_of

INBOX = "inbox"


def messages(user_id: int, page: int = 1) -> tuple[list[tuple[str, Row]], bool]:
    """A page of 50 messages with their organizations' slugs, unread first and then newest; whether more follow."""
    found = (
        of_person(user_id)
        .select_related("notification", "organization", "user")
        .annotate(is_read=Q(read__isnull=False))
        .order_by("is_read", "-date_added", "-pk")
    )
    start = (max(page, 1) - 1) * PAGE
    rows = list(found[start : start + PAGE + 1])
    return [(row.organization.slug, row_of(row)) for row in rows[:PAGE]], len(rows) > PAGE


def one(user_id: int, delivery_id: int) -> tuple[str, Row] | None:
    """A message of the person's with its organization's slug, or None."""
    found = of_person(user_id).filter(pk=delivery_id).select_related("notification", "organization", "user").first()
    return None if found is None else (found.organization.slug, row_of(found))


def of_person(user_id: int) -> QuerySet[Delivery]:
    """What reached a person's inbox, in the organizations that they are still a member of."""
    return Delivery.objects.filter(
        user_id=user_id,
        provider=INBOX,
        state=State.SENT.value,
        organization__memberships__user_id=user_id,
        organization__memberships__pending=False,
    )

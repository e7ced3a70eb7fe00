"""A person's inbox: what was delivered to them inside the product."""

from django.db.models import F, QuerySet

from tocsin.core.delivery import State
from tocsin.store.models import Delivery
from tocsin.store.queries.deliveries import PAGE, Row, row_of

INBOX = "inbox"
MOST_COUNTED = 100  # a badge says "99+" from here on, and the count stays cheap


def unread_count(user_id: int) -> int:
    """How many messages a person has not read, counted up to 100."""
    return of_person(user_id).filter(read__isnull=True).order_by()[:MOST_COUNTED].count()


def messages(user_id: int, page: int = 1) -> tuple[list[tuple[str, Row]], bool]:
    """A page of 50 messages, unread first and then newest, each with its organization's slug; whether more follow."""
    found = (
        of_person(user_id)
        .select_related("notification", "organization")
        .order_by(F("read").asc(nulls_first=True), "-date_added", "-pk")
    )
    start = (max(page, 1) - 1) * PAGE
    rows = list(found[start : start + PAGE + 1])
    return [(row.organization.slug, row_of(row)) for row in rows[:PAGE]], len(rows) > PAGE


def of_person(user_id: int) -> QuerySet[Delivery]:
    """What reached a person's inbox, in the organizations that they are still a member of."""
    return Delivery.objects.filter(
        user_id=user_id,
        provider=INBOX,
        state=State.SENT.value,
        organization__memberships__user_id=user_id,
        organization__memberships__pending=False,
    )

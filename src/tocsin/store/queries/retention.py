"""What may be forgotten: found by indexes, a piece at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Exists, OuterRef, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Length

from tocsin.core.delivery import FINAL
from tocsin.store.models import Attempt, Delivery, Event, Notification, Organization

# Of the newest and of the oldest: to add up every payload would read the whole table.
SAMPLE = 500
# A row's columns and its share of the indexes, besides its payload.
BYTES_BESIDES = 600
# A delivery and a try with their shares of their indexes, roughly.
BYTES_A_DELIVERY = 1_400
BYTES_A_TRY = 150


@dataclass(frozen=True, slots=True)
class Tries:
    """Some of the oldest tries: those of deliveries that have ended, the last id looked at, and whether there are
    more that are old."""

    ended: list[int]
    last: int
    more: bool


def organizations() -> list[int]:
    return list(Organization.objects.order_by("pk").values_list("pk", flat=True))


def events_beyond(most_bytes: int) -> int:
    """How many events are kept beyond a number of bytes, estimated from the size of 1,000 of them."""
    sizes = [
        Event.objects.filter(pk__in=list(Event.objects.order_by(order).values_list("pk", flat=True)[:SAMPLE]))
        for order in ("pk", "-pk")
    ]
    known = [size for one in sizes if (size := one.aggregate(size=Avg(Length("payload")))["size"])]
    if not known:
        return 0
    kept = most_bytes / (sum(known) / len(known) + BYTES_BESIDES)
    return max(0, Event.objects.count() - int(kept))


def notifications_kept_from(most_bytes: int) -> datetime | None:
    """Since when the newest notifications, with deliveries, fill so many bytes; None while all of them fit."""
    texts = Length(Cast("facts", TextField())) + Length(Cast("trace", TextField()))
    deliveries = Delivery.objects.count() / max(1, Notification.objects.count())
    return _kept_from(Notification, "date_added", texts, BYTES_BESIDES + deliveries * BYTES_A_DELIVERY, most_bytes)


def tries_kept_from(most_bytes: int) -> datetime | None:
    """The same for single tries."""
    return _kept_from(Attempt, "started", Length("reason") + Length("excerpt"), BYTES_A_TRY, most_bytes)


def _kept_from(
    model: type[Attempt | Notification], moment: str, texts: Combinable, besides: float, most_bytes: int
) -> datetime | None:
    """By the size of the newest 500: what is older was much the same."""
    newest = list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:SAMPLE])  # noqa: SLF001
    found = model._default_manager.filter(pk__in=newest).aggregate(size=Avg(texts))  # noqa: SLF001
    kept = int(most_bytes / ((found["size"] or 0) + besides))
    # Ids grow with time; the first that is too many and all before it go.
    beyond = model._default_manager.order_by("-pk").values_list(moment, flat=True)[kept : kept + 1]  # noqa: SLF001
    return next((at + timedelta(microseconds=1) for at in beyond), None)


def old_tries(before: datetime, after: int, limit: int) -> Tries:
    """Tries that began before a moment, oldest first. Ids grow with time, so the oldest are the first."""
    found = list(Attempt.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "started")[:limit])
    old = [pk for pk, started in found if started < before]
    if not old:
        return Tries([], after, more=False)
    ended = Attempt.objects.filter(pk__in=old, delivery__state__in=FINAL)
    return Tries(list(ended.values_list("pk", flat=True)), found[-1][0], len(old) == limit)


def old_notifications(organization_id: int, before: datetime, limit: int) -> list[int]:
    """Notifications that were decided before a moment and have nothing left to deliver, oldest first."""
    open_ones = Delivery.objects.filter(notification=OuterRef("pk")).exclude(state__in=FINAL)
    found = Notification.objects.filter(organization_id=organization_id, date_added__lt=before)
    return list(found.filter(~Exists(open_ones)).order_by("date_added").values_list("pk", flat=True)[:limit])

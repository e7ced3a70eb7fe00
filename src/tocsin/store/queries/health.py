"""How an integration fares: its breaker, the places that are gone, what is held and what failed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from tocsin.store.models import Delivery, Integration, Lane

PLACES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or address that takes no messages any more."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Health:
    """`resting_until` is set while the breaker lets nothing but a probe through."""

    resting_until: datetime | None
    failures: int
    places: tuple[Place, ...]
    waiting: int
    held: int
    failed: int
    at_most_once: bool


def of(organization_id: int, integration_id: int) -> Health:
    """Three queries."""
    row = Integration.objects.values("breaker", "breaker_until", "breaker_failures", "at_most_once").get(
        organization_id=organization_id, pk=integration_id
    )
    mine = Delivery.objects.filter(organization_id=organization_id, integration_id=integration_id)
    counts = mine.aggregate(
        waiting=Count("pk", filter=Q(state__in=["queued", "retrying", "unknown", "sending"])),
        held=Count("pk", filter=Q(state="held")),
        failed=Count("pk", filter=Q(state__in=["failed", "dead"])),
    )
    return Health(
        resting_until=row["breaker_until"] if row["breaker"] != "closed" else None,
        failures=row["breaker_failures"],
        places=_places(organization_id, integration_id),
        at_most_once=row["at_most_once"],
        **counts,
    )


def _places(organization_id: int, integration_id: int) -> tuple[Place, ...]:
    gone = Lane.objects.filter(integration_id=integration_id, integration__organization_id=organization_id).exclude(
        broken=""
    )
    found = gone.order_by("name").values_list("name", "broken")[:PLACES_SHOWN]
    return tuple(Place(name.split(":", 2)[-1], reason) for name, reason in found)

"""What the sender reads of the outbox: whole jobs, never a scan of the backlog."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min, Value
from django.db.models.functions import Coalesce

from tocsin.store import secrets
from tocsin.store.models import Delivery, Integration


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed delivery with its notification; `facts`, `address`, `detail` as JSON values.

    `lease_by` names the claim: what comes of it is recorded only while the delivery is still leased to it.
    """

    id: int
    organization_id: int
    provider: str
    integration_id: int | None
    address: dict[str, Any]
    detail: dict[str, Any]
    conversation: str
    key: str
    attempts: int
    lease_by: str
    notification_id: int
    kind: str
    facts: dict[str, Any]
    decided: datetime
    project: str
    organization: str


_COLUMNS = (
    "id",
    "organization_id",
    "provider",
    "integration_id",
    "address",
    "detail",
    "conversation",
    "key",
    "attempts",
    "lease_by",
    "notification_id",
    "notification__kind",
    "notification__facts",
    "notification__date_added",
    Coalesce("notification__project__slug", Value("")),
    "organization__slug",
)


def jobs(delivery_ids: Collection[int]) -> list[Job]:
    """The jobs of claimed deliveries, oldest first; one query."""
    found = Delivery.objects.filter(pk__in=delivery_ids).order_by("id").values_list(*_COLUMNS)
    return [Job(*row) for row in found]


def settings_of(integration_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The unsealed settings of integrations; an unreadable one is left out (its deliveries say so)."""
    found: dict[int, dict[str, Any]] = {}
    for pk, sealed in Integration.objects.filter(pk__in=integration_ids).values_list("id", "settings"):
        try:
            found[pk] = secrets.unseal(f"integration:{pk}", bytes(sealed))
        except secrets.SecretUnreadableError:
            continue
    return found


def next_due() -> datetime | None:
    """When the earliest waiting delivery is due; answered from the index of what is pending."""
    pending = Delivery.objects.filter(state__in=["queued", "retrying", "unknown"])
    due: datetime | None = pending.aggregate(due=Min("due"))["due"]
    return due


def ids_by_key(organization_id: int, keys: Sequence[str]) -> dict[str, int]:
    found = Delivery.objects.filter(organization_id=organization_id, key__in=keys)
    return dict(found.values_list("key", "id"))

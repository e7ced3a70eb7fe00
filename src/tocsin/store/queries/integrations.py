"""An organization's connections to outside services; their settings leave here unsealed only on purpose."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.store.models import Integration
from tocsin.store.secrets import SecretUnreadableError, unseal


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection without its settings."""

    id: int
    provider: str
    name: str
    external_id: str
    broken: str
    date_added: datetime
    date_updated: datetime
    renew_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A connection with its settings, secrets included; `unreadable` says why there are none."""

    connected: Connected
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    unreadable: str = ""


def place(integration_id: int) -> str:
    """Where an integration's settings are sealed; see store.secrets."""
    return f"integration:{integration_id}"


def connected(organization_id: int) -> list[Connected]:
    """All connections, by service and name."""
    found = Integration.objects.filter(organization_id=organization_id).order_by("provider", "name")
    return [_connected(row) for row in found.defer("settings")]


def can_deliver(organization_id: int) -> bool:
    """Whether anything is connected that is not broken."""
    return Integration.objects.filter(organization_id=organization_id, broken="").exists()


def provider_of(organization_id: int, integration_id: int) -> str:
    """The service of a connection, "" when the organization has no such connection."""
    found = Integration.objects.filter(organization_id=organization_id, pk=integration_id)
    return found.values_list("provider", flat=True).first() or ""


def stored(organization_id: int, integration_id: int) -> Stored | None:
    """One connection with its settings, or None when the organization has no such connection."""
    found = Integration.objects.filter(organization_id=organization_id, pk=integration_id).first()
    return None if found is None else _stored(found)


def all_stored(organization_id: int, providers: Collection[str]) -> list[Stored]:
    """The connections to these services with their settings, by name; one query."""
    found = Integration.objects.filter(organization_id=organization_id, provider__in=providers)
    return [_stored(row) for row in found.order_by("name")]


def locked(organization_id: int, integration_id: int) -> Stored | None:
    """As `stored`, locked until the end of the transaction: what is written next is made of what stands there."""
    found = (
        Integration.objects.select_for_update().filter(organization_id=organization_id, pk=integration_id).first()
    )
    return None if found is None else _stored(found)


@dataclass(frozen=True, slots=True)
class Connection:
    """Where an account of a service is connected; `since` is when somebody last connected or changed it."""

    id: int
    organization_id: int
    organization: str
    provider: str
    since: datetime


def connections(integration_ids: Collection[int]) -> list[Connection]:
    """These connections with their organizations; one query."""
    found = Integration.objects.filter(pk__in=integration_ids).order_by("pk")
    columns = ("pk", "organization_id", "organization__slug", "provider", "date_updated")
    return [Connection(*row) for row in found.values_list(*columns)]


@dataclass(frozen=True, slots=True)
class Due:
    """A connection whose token is to be renewed, and since when."""

    id: int
    organization_id: int
    organization: str
    provider: str
    renew_at: datetime


def to_renew(now: datetime, at_most: int) -> list[Due]:
    """The longest due first; one query."""
    columns = ("pk", "organization_id", "organization__slug", "provider", "renew_at")
    found = Integration.objects.filter(renew_at__lte=now).order_by("renew_at")
    return [Due(*row) for row in found.values_list(*columns)[:at_most]]


def same_account(organization_id: int, provider: str, external_id: str, name: str) -> Stored | None:
    """The connection to this very account: by the service's own id where it gave one, else by name."""
    found = Integration.objects.filter(organization_id=organization_id, provider=provider)
    row = (found.filter(external_id=external_id) if external_id else found.filter(name=name)).first()
    return None if row is None else _stored(row)


def names(organization_id: int, provider: str) -> frozenset[str]:
    """The names that a service's connections have."""
    found = Integration.objects.filter(organization_id=organization_id, provider=provider)
    return frozenset(found.values_list("name", flat=True))


def _stored(found: Integration) -> Stored:
    try:
        return Stored(_connected(found), unseal(place(found.pk), bytes(found.settings)))
    except SecretUnreadableError as error:
        return Stored(_connected(found), {}, str(error))


def _connected(found: Integration) -> Connected:
    return Connected(
        id=found.pk,
        provider=found.provider,
        name=found.name,
        external_id=found.external_id,
        broken=found.broken,
        date_added=found.date_added,
        date_updated=found.date_updated,
        renew_at=found.renew_at,
    )

"""Connections made, changed and removed, each with its audit entry; settings are sealed here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.store.db import one_transaction
from tocsin.store.models import Integration, Organization
from tocsin.store.queries.integrations import place
from tocsin.store.secrets import seal
from tocsin.store.writes import audit, breakers, outbox


class NameTakenError(ValueError):
    """Another connection to the same service has this name."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What a connection holds; `settings` in the clear, `renew_at` when its token has to be renewed."""

    provider: str
    name: str
    external_id: str
    settings: Mapping[str, Any] = field(repr=False)
    renew_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    id: int
    name: str


def saved(
    organization_id: int, columns: Columns, *, integration_id: int | None, actor_id: int | None, now: datetime
) -> Saved:
    """Writes a connection, a new one for None; it counts as working again.

    Raises NameTakenError when another connection to this service has the name.
    """
    with one_transaction():
        named = Integration.objects.filter(
            organization_id=organization_id, provider=columns.provider, name=columns.name
        )
        if any(taken != integration_id for taken in named.values_list("pk", flat=True)):
            raise NameTakenError(f"There is already a connection named {columns.name!r}; choose another name.")
        row = _row(organization_id, columns, integration_id, now)
        # The place that a secret is sealed for holds the row's id, which a new row has only now.
        row.settings = seal(place(row.pk), columns.settings)
        row.save()
        event = "integration.add" if integration_id is None else "integration.edit"
        _noted(organization_id, event, row, actor_id, now)
        if integration_id is not None:
            breakers.mended(row.pk, now)
    return Saved(row.pk, row.name)


def _row(organization_id: int, columns: Columns, integration_id: int | None, now: datetime) -> Integration:
    if integration_id is None:
        return Integration.objects.create(
            organization_id=organization_id,
            provider=columns.provider,
            name=columns.name,
            external_id=columns.external_id,
            settings=b"",
            renew_at=columns.renew_at,
            date_added=now,
            date_updated=now,
        )
    row = Integration.objects.get(organization_id=organization_id, pk=integration_id)
    row.name, row.external_id, row.broken, row.date_updated = columns.name, columns.external_id, "", now
    row.renew_at = columns.renew_at
    return row


def one_at_a_time(organization_id: int) -> None:
    """Until the end of the transaction nobody else installs anything here, so that no connection is doubled."""
    Organization.objects.select_for_update().get(pk=organization_id)


def claimed(integration_id: int, seen: datetime, until: datetime) -> bool:
    """Whether the renewal that was due at `seen` is ours until then: one node uses a refresh token, and once."""
    return bool(Integration.objects.filter(pk=integration_id, renew_at=seen).update(renew_at=until))


def renewed(
    organization_id: int, integration_id: int, settings: Mapping[str, Any], renew_at: datetime | None, now: datetime
) -> None:
    """Keeps the settings with the new token; the connection counts as working again."""
    with one_transaction():
        row = Integration.objects.get(organization_id=organization_id, pk=integration_id)
        row.settings, row.renew_at = seal(place(row.pk), settings), renew_at
        row.save(update_fields=["settings", "renew_at"])
        _noted(organization_id, "integration.renew", row, None, now)
        breakers.mended(row.pk, now)


def no_longer_renewed(integration_id: int) -> None:
    """Its token is not asked for any more: only consent mends it."""
    Integration.objects.filter(pk=integration_id).update(renew_at=None)


def removed(organization_id: int, integration_id: int, *, actor_id: int | None, now: datetime) -> bool:
    """Deletes a connection with its secret; the ledger of what went through it stays."""
    with one_transaction():
        row = Integration.objects.filter(organization_id=organization_id, pk=integration_id).first()
        if row is None:
            return False
        _noted(organization_id, "integration.remove", row, actor_id, now)
        # What was held for it goes on, to end as failed with the reason that its integration was removed.
        outbox.release(row.pk, now)
        row.delete()
    return True


def set_at_most_once(
    organization_id: int, integration_id: int, *, chosen: bool, actor_id: int | None, now: datetime
) -> None:
    """Chooses between a repeat and a miss for what may have arrived."""
    with one_transaction():
        row = Integration.objects.get(organization_id=organization_id, pk=integration_id)
        row.at_most_once = chosen
        row.save(update_fields=["at_most_once"])
        _noted(organization_id, "integration.at_most_once" if chosen else "integration.repeat", row, actor_id, now)


def _noted(organization_id: int, event: str, row: Integration, actor_id: int | None, now: datetime) -> None:
    named = {"provider": row.provider, "name": row.name}
    audit.note(organization_id, event, place(row.pk), named, actor_id=actor_id, now=now)

"""Who changed what, written in the transaction of the change itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.store.models import AuditEntry


def note(  # noqa: PLR0913 — an entry is its columns
    organization_id: int, event: str, target: str, data: Mapping[str, Any], *, actor_id: int | None, now: datetime
) -> None:
    """One entry. `event` is a slug such as rule.add, `target` a typed id such as rule:7; `data` never a secret."""
    AuditEntry.objects.create(
        organization_id=organization_id,
        actor_id=actor_id,
        event=event,
        target=target,
        data=dict(data),
        date_added=now,
    )

"""A project's keys: made, switched off and on again, each with its audit entry."""

import secrets
from datetime import datetime

from tocsin.core.key_limit import Limit
from tocsin.store.db import one_transaction
from tocsin.store.models import ProjectKey
from tocsin.store.writes import audit

LABEL_LENGTH = 64


def added(organization_id: int, project_id: int, label: str, *, actor_id: int | None, now: datetime) -> str:
    """A new key of the project; its public key, 32 hex."""
    name = label.strip()[:LABEL_LENGTH] or "Default"
    with one_transaction():
        row = ProjectKey.objects.create(
            project_id=project_id, public_key=secrets.token_hex(16), label=name, date_added=now
        )
        audit.note(organization_id, "key.add", f"key:{row.pk}", {"label": name}, actor_id=actor_id, now=now)
    return row.public_key


def switched(  # noqa: PLR0913 — whose key, which, to what, by whom and when
    organization_id: int, project_id: int, key_id: int, *, is_active: bool, actor_id: int | None, now: datetime
) -> bool:
    """Whether the project has such a key; it is now on or off."""
    with one_transaction():
        row = ProjectKey.objects.filter(project_id=project_id, pk=key_id).first()
        if row is None:
            return False
        row.is_active = is_active
        row.save(update_fields=["is_active"])
        event = "key.enable" if is_active else "key.disable"
        audit.note(organization_id, event, f"key:{key_id}", {"label": row.label}, actor_id=actor_id, now=now)
    return True


def limited(  # noqa: PLR0913 — whose key, to what, by whom and when
    organization_id: int, project_id: int, key_id: int, limit: Limit | None, *, actor_id: int | None, now: datetime
) -> bool:
    """Whether the project has such a key; it has this limit now, or none."""
    with one_transaction():
        row = ProjectKey.objects.filter(project_id=project_id, pk=key_id).first()
        if row is None:
            return False
        row.rate_limit, row.rate_window = limit or (None, None)
        row.save(update_fields=["rate_limit", "rate_window"])
        data = {"label": row.label, "count": row.rate_limit, "window": row.rate_window}
        audit.note(organization_id, "key.limit", f"key:{key_id}", data, actor_id=actor_id, now=now)
    return True

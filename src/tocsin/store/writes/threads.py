"""What an organization chooses for the threads of its alerts."""

from datetime import datetime

from tocsin.core.fields import as_mapping
from tocsin.core.threads import Choices
from tocsin.store.db import one_transaction
from tocsin.store.models import Organization
from tocsin.store.queries.threads import choices_of
from tocsin.store.writes import audit


def chose(organization_id: int, chosen: Choices, *, actor_id: int | None, now: datetime) -> bool:
    """Writes the choices, with an audit entry that says what was chosen before; whether anything changed."""
    with one_transaction():
        row = Organization.objects.select_for_update().get(pk=organization_id)
        before, after = as_mapping(choices_of(row)), as_mapping(chosen)
        changed = {
            name: {"from": before[name], "to": value} for name, value in after.items() if value != before[name]
        }
        if not changed:
            return False
        Organization.objects.filter(pk=organization_id).update(**{name: after[name] for name in changed})
        target = f"organization:{organization_id}"
        audit.note(organization_id, "organization.edit", target, changed, actor_id=actor_id, now=now)
    return True

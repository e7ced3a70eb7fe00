"""A person's choices, each an own row; what is put back to the default has none."""

from typing import Any

from tocsin.core.people import Scope
from tocsin.store.db import one_transaction
from tocsin.store.models import Preference as Row

DEFAULT = "default"


def chose(  # noqa: PLR0913 — a choice is its columns
    user_id: int,
    scope: Scope,
    scope_id: int,
    *,
    type: str,  # noqa: A002 — the product's word
    provider: str,
    value: str,
) -> str:
    """Writes one choice, or deletes it for "default"; what was chosen before, so that it can be undone."""
    place: dict[str, Any] = {
        "user_id": user_id,
        "scope": scope.value,
        "scope_id": scope_id,
        "type": type,
        "provider": provider,
    }
    with one_transaction():
        before = Row.objects.filter(**place).values_list("value", flat=True).first()
        if value == DEFAULT:
            Row.objects.filter(**place).delete()
        else:
            Row.objects.update_or_create(**place, defaults={"value": value})
    return before or DEFAULT

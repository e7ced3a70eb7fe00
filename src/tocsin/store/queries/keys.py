"""What a DSN's public key opens: asked at the SDKs' door, so the key itself is the scope."""

from typing import NamedTuple

from tocsin.store.models import ProjectKey


class Key(NamedTuple):
    """A DSN's key. `rate_limit` is events per `rate_window` seconds, both 0 for none."""

    public_key: str
    project_id: int
    is_active: bool
    rate_limit: int
    rate_window: int


def find(public_key: str) -> Key | None:
    """The key of this name, active or not, or None."""
    row = (
        ProjectKey.objects.filter(public_key=public_key)
        .values_list("project_id", "is_active", "rate_limit", "rate_window")
        .first()
    )
    if row is None:
        return None
    project_id, is_active, limit, window = row
    return Key(public_key, project_id, is_active, limit or 0, window or 0)

"""Code hosts that may tell of pushes; each change has its audit entry."""

import secrets
from datetime import datetime

from tocsin.store.db import one_transaction
from tocsin.store.models import CodeHost
from tocsin.store.queries.code_hosts import place, sealed
from tocsin.store.secrets import seal
from tocsin.store.writes import audit

PROVIDERS = {"github": "GitHub", "gitlab": "GitLab"}
MOST_SIGNING = 20


def renew(organization_id: int, provider: str, *, actor_id: int | None, now: datetime) -> str:
    """A new secret for what a host tells; an earlier one is worth nothing from now on."""
    secret = secrets.token_hex(32)
    with one_transaction():
        row, is_new = CodeHost.objects.get_or_create(
            organization_id=organization_id, provider=provider, defaults={"secret": b"", "date_added": now}
        )
        row.secret = seal(place(row.pk), {**sealed(row), "secret": secret})
        row.save(update_fields=["secret"])
        event = "code_host.add" if is_new else "code_host.renew"
        audit.note(organization_id, event, place(row.pk), {"provider": provider}, actor_id=actor_id, now=now)
    return secret


def sign(organization_id: int, provider: str, token: str, *, actor_id: int | None, now: datetime) -> bool:
    """A token of the host's own making, one for each of its hooks; False where the host is not connected, or has
    MOST_SIGNING already."""
    with one_transaction():
        row = CodeHost.objects.filter(organization_id=organization_id, provider=provider).first()
        known = sealed(row).get("signing", []) if row else []
        if row is None or len(known) >= MOST_SIGNING:
            return False
        if token not in known:
            _sign(row, [*known, token], actor_id, now)
    return True


def unsign(organization_id: int, provider: str, *, actor_id: int | None, now: datetime) -> None:
    """None of the host's own tokens counts any more."""
    with one_transaction():
        row = CodeHost.objects.filter(organization_id=organization_id, provider=provider).first()
        if row is not None:
            _sign(row, [], actor_id, now)


def _sign(row: CodeHost, tokens: list[str], actor_id: int | None, now: datetime) -> None:
    row.secret = seal(place(row.pk), {**sealed(row), "signing": tokens})
    row.save(update_fields=["secret"])
    data = {"provider": row.provider, "tokens": len(tokens)}
    audit.note(row.organization_id, "code_host.sign", place(row.pk), data, actor_id=actor_id, now=now)


def remove(organization_id: int, provider: str, *, actor_id: int | None, now: datetime) -> bool:
    """The host is heard no more; what it told stays."""
    with one_transaction():
        row = CodeHost.objects.filter(organization_id=organization_id, provider=provider).first()
        if row is None:
            return False
        audit.note(
            organization_id, "code_host.remove", place(row.pk), {"provider": provider}, actor_id=actor_id, now=now
        )
        row.delete()
    return True


def heard(host_id: int, now: datetime) -> None:
    CodeHost.objects.filter(pk=host_id).update(last_heard=now)

"""Where an organization's pushes and pull requests are told from, with the secrets that prove it."""

from dataclasses import dataclass, field
from typing import Any

from tocsin.store.models import CodeHost
from tocsin.store.secrets import SecretUnreadableError, unseal

MOST = 2  # an address that names no organization is for an instance where only one is told


@dataclass(frozen=True, slots=True)
class Told:
    """A host that may tell an organization of its repositories, and the secret that it signs with; `signing` are
    tokens of the host's own making that it signs with."""

    id: int
    organization_id: int
    secret: str = field(repr=False)
    signing: tuple[str, ...] = field(default=(), repr=False)


def place(host_id: int) -> str:
    """Where the secret is sealed; see store.secrets."""
    return f"code_host:{host_id}"


def of_organization(organization_id: int) -> dict[str, CodeHost]:
    """By provider, without the secrets."""
    found = CodeHost.objects.filter(organization_id=organization_id).defer("secret")
    return {row.provider: row for row in found}


def told(provider: str, organization: str) -> Told | None:
    """The host of an organization, by its slug; without one, of the only organization that has it.

    None where there is none. A secret that does not open with this instance's key is "", and proves nothing.
    """
    found = CodeHost.objects.filter(provider=provider)
    if organization:
        found = found.filter(organization__slug=organization)
    rows = list(found[:MOST])
    return _opened(rows[0]) if len(rows) == 1 else None


def signing(organization_id: int, provider: str) -> int:
    """How many tokens of the host's own making are known."""
    row = CodeHost.objects.filter(organization_id=organization_id, provider=provider).first()
    return len(_opened(row).signing) if row else 0


def _opened(row: CodeHost) -> Told:
    found = sealed(row)
    return Told(row.pk, row.organization_id, str(found.get("secret", "")), tuple(found.get("signing", ())))


def sealed(row: CodeHost) -> dict[str, Any]:
    """What is kept secret of a host; nothing where it does not open with this instance's key."""
    try:
        return unseal(place(row.pk), bytes(row.secret)) if row.secret else {}
    except SecretUnreadableError:
        return {}

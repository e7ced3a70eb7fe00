"""Where an organization's pushes and pull requests are told from, with the secrets that prove it."""

from dataclasses import dataclass, field

from tocsin.store.models import CodeHost
from tocsin.store.secrets import SecretUnreadableError, unseal

MOST = 2  # an address that names no organization is for an instance where only one is told


@dataclass(frozen=True, slots=True)
class Told:
    """A host that may tell an organization of its repositories, and the secret that it signs with."""

    id: int
    organization_id: int
    secret: str = field(repr=False)


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


def _opened(row: CodeHost) -> Told:
    try:
        secret = str(unseal(place(row.pk), bytes(row.secret))["secret"])
    except SecretUnreadableError:
        secret = ""
    return Told(row.pk, row.organization_id, secret)

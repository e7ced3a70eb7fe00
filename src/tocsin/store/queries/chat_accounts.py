"""Which chat accounts are whose."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tocsin.store.models import ExternalActor


@dataclass(frozen=True, slots=True)
class Linked:
    """An account of a connected service that is a person's, in words; `email` is what they sign in with."""

    id: int
    provider: str
    external_id: str
    name: str
    user_id: int
    email: str
    integration_id: int
    workspace: str
    organization_id: int
    organization: str
    since: datetime


_LINKED = (
    "pk",
    "provider",
    "external_id",
    "external_name",
    "user_id",
    "user__email",
    "integration_id",
    "integration__name",
    "organization_id",
    "organization__name",
    "date_added",
)


def of_account(integration_id: int, external_id: str) -> Linked | None:
    """Whose an account is."""
    return _first(integration_id=integration_id, external_id=external_id)


def of_person(user_id: int, providers: Collection[str]) -> list[Linked]:
    """All that a person linked at these services, by organization; one query."""
    found = ExternalActor.objects.filter(user_id=user_id, provider__in=providers, integration__isnull=False)
    ordered = found.exclude(external_id="").order_by("organization__name", "integration__name", "pk")
    return [Linked(*row) for row in ordered.values_list(*_LINKED)]


def one_of(user_id: int, link_id: int, providers: Collection[str]) -> Linked | None:
    """One of a person's own."""
    return _first(user_id=user_id, pk=link_id, provider__in=providers, integration__isnull=False)


def _first(**columns: object) -> Linked | None:
    found = ExternalActor.objects.filter(**columns, user__isnull=False).exclude(external_id="")
    row = found.values_list(*_LINKED).first()
    return None if row is None else Linked(*row)

"""Whose bearer token this is, the token itself being the scope; and which ones a person has."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.store.models import ApiToken, Membership
from tocsin.store.queries.accounts import digest


@dataclass(frozen=True, slots=True)
class Row:
    """A token as its person recognises it."""

    id: int
    name: str
    last_four: str
    organization: str
    date_added: datetime
    last_used: datetime | None


def of_person(user_id: int) -> list[Row]:
    """A person's tokens in all their organizations, newest first."""
    found = ApiToken.objects.filter(user_id=user_id).order_by("-date_added", "-pk")
    columns = ("pk", "name", "last_four", "organization__name", "date_added", "last_used")
    return [Row(*row) for row in found.values_list(*columns)]


def has(user_id: int, organization_id: int, name: str) -> bool:
    """Whether the person has a token of this name in this organization."""
    return ApiToken.objects.filter(user_id=user_id, organization_id=organization_id, name=name).exists()


def find(token: str) -> ApiToken | None:
    """The token with its person, or None: unknown, switched off, or no longer a member of its organization."""
    found = ApiToken.objects.select_related("user").filter(digest=digest(token), user__is_active=True).first()
    if found is None:
        return None
    memberships = Membership.objects.filter(
        user_id=found.user_id, organization_id=found.organization_id, pending=False
    )
    return found if memberships.exists() else None

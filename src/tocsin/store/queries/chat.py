"""What a chat service's words are about: the connections of an account, who somebody is, an issue and whose it can
be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from tocsin.core.issue import short_id
from tocsin.store.models import (
    ChatToken,
    ExternalActor,
    Integration,
    Issue,
    Membership,
    Team,
    User,
)
from tocsin.store.queries.integrations import place as place_of
from tocsin.store.secrets import SecretUnreadableError, unseal


@dataclass(frozen=True, slots=True)
class Workspace:
    """One connection of an account; an account may be connected in several organizations."""

    integration_id: int
    organization_id: int
    name: str


def workspaces(provider: str, account: str) -> list[Workspace]:
    """One query."""
    found = Integration.objects.filter(provider=provider, external_id=account).order_by("pk")
    return [Workspace(*row) for row in found.values_list("pk", "organization_id", "name")]


def settings(integration_id: int) -> Mapping[str, Any]:
    """A connection's settings; nothing where they cannot be read."""
    sealed = Integration.objects.filter(pk=integration_id).values_list("settings", flat=True).first()
    try:
        return unseal(place_of(integration_id), bytes(sealed)) if sealed else {}
    except SecretUnreadableError:
        return {}


@dataclass(frozen=True, slots=True)
class Found:
    """An issue that somebody speaks of."""

    id: int
    project_id: int
    organization_id: int
    organization: str
    short_id: str


def issue(issue_id: int, organization_ids: Collection[int]) -> Found | None:
    """The issue, if it is of one of these organizations."""
    found = Issue.objects.filter(pk=issue_id, project__organization_id__in=organization_ids)
    row = found.values_list(
        "pk",
        "project_id",
        "project__organization_id",
        "project__organization__name",
        "project__slug",
        "number",
    ).first()
    return None if row is None else Found(*row[:4], short_id(row[4], row[5]))


def linked(integration_id: int, external_id: str) -> int | None:
    """The person who said that this account is theirs."""
    found = ExternalActor.objects.filter(integration_id=integration_id, external_id=external_id, user__isnull=False)
    return found.values_list("user_id", flat=True).first()


def role(user_id: int, organization_id: int) -> str | None:
    """A person's role in an organization; None for somebody who is no member, not yet, or switched off."""
    found = Membership.objects.filter(
        user_id=user_id, organization_id=organization_id, pending=False, user__is_active=True
    )
    return found.values_list("role", flat=True).first()


@dataclass(frozen=True, slots=True)
class Place:
    """A connection with its organization, in words."""

    organization: str
    name: str
    provider: str


def place(organization_id: int, integration_id: int) -> Place | None:
    found = Integration.objects.filter(pk=integration_id, organization_id=organization_id)
    row = found.values_list("organization__name", "name", "provider").first()
    return None if row is None else Place(*row)


def is_used(name: str) -> bool:
    return ChatToken.objects.filter(name=name).exists()


def teams(project_id: int, begins: str, most: int) -> list[tuple[int, str]]:
    """The project's teams in whose slug a word begins so, by slug."""
    found = Team.objects.filter(_begins("slug", begins), project_teams__project_id=project_id)
    return list(found.order_by("slug").values_list("pk", "slug")[:most])


def people(project_id: int, begins: str, most: int) -> list[tuple[int, str]]:
    """The people on the project's teams in whose name or address a word begins so, by name."""
    of_project = {"is_active": True, "team_memberships__team__project_teams__project_id": project_id}
    found = User.objects.filter(_begins("name", begins) | _begins("email", begins), **of_project)
    rows = found.distinct().order_by("name", "email").values_list("pk", "name", "email")[:most]
    return [(pk, name or email) for pk, name, email in rows]


def _begins(column: str, begins: str) -> Q:
    found = Q(**{f"{column}__istartswith": begins})
    for before in (" ", "-", ".", "_") if begins else ():
        found |= Q(**{f"{column}__icontains": f"{before}{begins}"})
    return found

"""What a chat service's words are about: the connections of an account, who somebody is, an issue and whose it can
be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from tocsin.core.issue import Happening, Status, short_id
from tocsin.store.models import (
    Activity,
    ChatToken,
    ExternalActor,
    Integration,
    Issue,
    Membership,
    Reference,
    Team,
    User,
)
from tocsin.store.queries.integrations import place as place_of
from tocsin.store.secrets import SecretUnreadableError, unseal


@dataclass(frozen=True, slots=True)
class Workspace:
    """One connection of an account, of the organization of that name; an account may be connected in several."""

    integration_id: int
    organization_id: int
    name: str


def workspaces(provider: str, account: str) -> list[Workspace]:
    """One query."""
    found = Integration.objects.filter(provider=provider, external_id=account).order_by("pk")
    return [Workspace(*row) for row in found.values_list("pk", "organization_id", "organization__name")]


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
    organization_slug: str
    title: str
    short_id: str


_ISSUE = (
    "pk",
    "project_id",
    "project__organization_id",
    "project__organization__name",
    "project__organization__slug",
    "title",
    "project__slug",
    "number",
)


def _found(row: tuple[Any, ...]) -> Found:
    return Found(row[0], row[1], row[2], row[3], row[4], row[5], short_id(row[6], row[7]))


def issue(issue_id: int, organization_ids: Collection[int]) -> Found | None:
    """The issue, if it is of one of these organizations."""
    found = Issue.objects.filter(pk=issue_id, project__organization_id__in=organization_ids)
    row = found.values_list(*_ISSUE).first()
    return None if row is None else _found(row)


def issues(issue_ids: Collection[int], organization_ids: Collection[int]) -> dict[int, Found]:
    """Those of them that are of one of these organizations, by id; one query."""
    found = Issue.objects.filter(pk__in=issue_ids, project__organization_id__in=organization_ids)
    return {row[0]: _found(row) for row in found.values_list(*_ISSUE)}


def issue_called(organization_id: int, project: str, number: int) -> Found | None:
    """The organization's issue by its short id's two parts."""
    found = Issue.objects.filter(project__organization_id=organization_id, project__slug=project, number=number)
    row = found.values_list(*_ISSUE).first()
    return None if row is None else _found(row)


def open_by_project(organization_id: int) -> list[tuple[str, int]]:
    """How many issues are unresolved in each project that has any, most first."""
    found = Issue.objects.filter(project__organization_id=organization_id, status=Status.UNRESOLVED)
    rows = found.values_list("project__slug").annotate(open=Count("pk")).order_by("-open", "project__slug")
    return list(rows)


def open_of(organization_id: int, user_id: int, most: int) -> list[Found]:
    """Unresolved issues that are a person's, or one of their teams', latest seen first; one query."""
    return [_found(row) for row in theirs(organization_id, user_id).values_list(*_ISSUE)[:most]]


def theirs(organization_id: int, user_id: int) -> QuerySet[Issue]:
    """The same, to be read in other columns."""
    mine = Q(assignee_user_id=user_id) | Q(assignee_team__team_members__user_id=user_id)
    found = Issue.objects.filter(mine, project__organization_id=organization_id, status=Status.UNRESOLVED)
    return found.order_by("-last_seen", "-pk").distinct()


def team_called(organization_id: int, name: str) -> int | None:
    """The organization's team of this slug."""
    return (
        Team.objects.filter(organization_id=organization_id, slug=name.lower()).values_list("pk", flat=True).first()
    )


def teams_in(integration_id: int, channel: str, name: str) -> list[int]:
    """The teams whose alerts come to a channel; with a name, that one alone."""
    found = ExternalActor.objects.filter(integration_id=integration_id, external_id=channel, team__isnull=False)
    found = found.filter(team__slug=name.lower()) if name else found
    return list(found.order_by("pk").values_list("team_id", flat=True))


@dataclass(frozen=True, slots=True)
class Below:
    """An issue, and the connection through which the alert about it went that people write below."""

    issue_id: int
    project_id: int
    organization_id: int
    integration_id: int


def below(thread: str, integration_ids: Collection[int]) -> Below | None:
    """What a thread of one of these connections is about, where its organization takes what people write there for
    comments; one query, by the thread's name."""
    found = Reference.objects.filter(
        thread=thread,
        delivery__integration_id__in=integration_ids,
        delivery__user__isnull=True,
        delivery__organization__takes_comments=True,
        delivery__notification__issue__isnull=False,
    )
    columns = ("notification__issue_id", "notification__project_id", "organization_id", "integration_id")
    row = found.values_list(*(f"delivery__{name}" for name in columns)).first()
    return None if row is None else Below(*row)


@dataclass(frozen=True, slots=True)
class Taken:
    """A comment that was taken in from a service, and whose it is."""

    id: int
    author_id: int


def taken(issue_id: int, provider: str, name: str) -> Taken | None:
    """The comment that a service calls so; one query among the issue's comments."""
    found = Activity.objects.filter(
        issue_id=issue_id, type=Happening.NOTE.value, data__source=provider, data__said=name
    )
    row = found.filter(user__isnull=False).values_list("pk", "user_id").first()
    return None if row is None else Taken(*row)


def linked_people(integration_id: int, external_ids: Collection[str]) -> dict[str, tuple[int, str]]:
    """By account, the person whose it is and what they are called."""
    found = ExternalActor.objects.filter(
        integration_id=integration_id, external_id__in=external_ids, user__isnull=False
    )
    rows = found.values_list("external_id", "user_id", "user__name", "user__email")
    return {account: (user_id, name or email) for account, user_id, name, email in rows}


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

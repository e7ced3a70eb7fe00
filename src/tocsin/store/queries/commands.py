"""Issues as commands find them, held until the transaction ends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.commands import Before
from tocsin.core.issue import Status, Substatus
from tocsin.core.releases import Known
from tocsin.core.resolution import latest
from tocsin.store.db import for_update
from tocsin.store.models import Issue, IssueMinute, Project, ProjectTeam, Release, Team, User

RELEASES = 1_000  # the latest of a project, among which the newest is looked for


@dataclass(frozen=True, slots=True)
class Changing:
    """An issue that a command is about."""

    id: int
    project_id: int
    before: Before
    times_seen: int
    users_seen: int
    assignee_user_id: int | None
    assignee_team_id: int | None


def changing(organization_id: int, issue_ids: Sequence[int]) -> list[Changing]:
    """Those issues that are the organization's, by id; one query. Nobody else changes them until we are done."""
    mine = Issue.objects.filter(project__organization_id=organization_id, pk__in=issue_ids)
    rows = (
        mine.select_for_update(of=("self",))
        .order_by("id")
        .values_list(
            "id",
            "project_id",
            "status",
            "substatus",
            "first_seen",
            "times_seen",
            "users_seen",
            "assignee_user_id",
            "assignee_team_id",
        )
    )
    return [Changing(row[0], row[1], Before(Status(row[2]), Substatus(row[3]), row[4]), *row[5:]) for row in rows]


def hold(issue_ids: Collection[int]) -> None:
    """Nobody else changes these issues until the transaction ends.

    Whoever changes several one after the other holds them all before: in another order than somebody else's, each
    would wait for the other. On SQLite one writes anyway.
    """
    if len(issue_ids) > 1 and for_update():
        held = Issue.objects.select_for_update().filter(pk__in=issue_ids).order_by("id")
        list(held.values_list("id", flat=True))


def hourly(issue_ids: Sequence[int], until_minute: int, hours: int) -> dict[int, list[int]]:
    """Events an hour over so many hours before a minute, of each issue; one query."""
    found = {issue_id: [0] * hours for issue_id in issue_ids}
    since = until_minute - hours * 60
    rows = IssueMinute.objects.filter(issue_id__in=issue_ids, minute__gte=since, minute__lt=until_minute)
    for issue_id, minute, count in rows.values_list("issue_id", "minute", "count"):
        found[issue_id][(minute - since) // 60] += count
    return found


@dataclass(frozen=True, slots=True)
class Owner:
    """Who an issue can be assigned to, in words: a person's name and address, a team's slug."""

    name: str
    email: str = ""


def person_of_projects(user_id: int, project_ids: set[int]) -> Owner | None:
    """An active member of a team of each of the projects, or None."""
    on = ProjectTeam.objects.filter(
        project_id__in=project_ids,
        team__team_members__user_id=user_id,
        project__organization__memberships__user_id=user_id,
        project__organization__memberships__pending=False,
    )
    if set(on.values_list("project_id", flat=True)) != project_ids:
        return None
    found = User.objects.filter(pk=user_id, is_active=True).first()
    return Owner(found.display_name, found.email) if found else None


def team_of_projects(team_id: int, project_ids: set[int]) -> Owner | None:
    """A team that is on each of the projects, or None."""
    on = ProjectTeam.objects.filter(project_id__in=project_ids, team_id=team_id)
    if set(on.values_list("project_id", flat=True)) != project_ids:
        return None
    found = Team.objects.filter(pk=team_id).first()
    return Owner(found.slug) if found else None


def called(organization_id: int, text: str) -> tuple[int | None, int | None] | None:
    """Whom an address or #team names in an organization, as (person, team); None for nobody."""
    if text.startswith("#"):
        team = Team.objects.filter(organization_id=organization_id, slug=text[1:]).first()
        return (None, team.pk) if team else None
    person = User.objects.filter(memberships__organization_id=organization_id, email=text.lower()).first()
    return (person.pk, None) if person else None


def newest_release(project_id: int) -> str:
    """The greatest semantic version where the latest has one, else the one heard of last; "" for none."""
    found = Release.objects.filter(project_id=project_id).order_by("-first_seen", "-id")
    known = found.values_list("version", "first_seen")[:RELEASES]
    newest = latest({version: Known(version, first_seen) for version, first_seen in known})
    return newest.version if newest else ""


def assigns_self(user_id: int) -> bool:
    """Whether a person wants to have the unassigned issues that they resolve."""
    return User.objects.filter(pk=user_id, assigns_self_on_resolve=True).exists()


def auto_resolving() -> list[tuple[int, int, int]]:
    """(organization, project, hours) of projects whose issues are resolved by age."""
    found = Project.objects.filter(resolve_age__gt=0).order_by("id")
    return list(found.values_list("organization_id", "id", "resolve_age"))


def not_seen_since(project_id: int, before: datetime, limit: int) -> list[int]:
    """Unresolved issues of a project that were last seen before a moment."""
    old = Issue.objects.filter(project_id=project_id, status=int(Status.UNRESOLVED), last_seen__lt=before)
    return list(old.order_by("last_seen").values_list("id", flat=True)[:limit])

"""Teams, who is in them, and which projects they have; each change with its audit entry."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from tocsin.store.models import Organization, Project, ProjectTeam, Team, TeamMember
from tocsin.store.writes import audit


def keep(organization: Organization, slug: str, *, name: str, email: str, now: datetime) -> Team:
    """The team of a slug, made or changed where it differs."""
    team, is_new = Team.objects.get_or_create(
        organization=organization, slug=slug, defaults={"name": name or slug, "email": email, "date_added": now}
    )
    wanted = (name or team.name, email)
    if (team.name, team.email) != wanted:
        team.name, team.email = wanted
        team.save()
        _noted(organization, "team.edit", team, {"name": team.name, "email": team.email}, now)
    elif is_new:
        _noted(organization, "team.add", team, {"name": team.name}, now)
    return team


def seat(team: Team, user_ids: Collection[int], now: datetime) -> None:
    """Exactly these people are in the team from now on."""
    seats = {one.user_id: one for one in TeamMember.objects.filter(team=team)}
    for user_id in sorted(set(user_ids) - set(seats)):
        TeamMember.objects.create(team=team, user_id=user_id)
        _noted(team.organization, "team.join", team, {"user": user_id}, now)
    for user_id in sorted(set(seats) - set(user_ids)):
        seats[user_id].delete()
        _noted(team.organization, "team.leave", team, {"user": user_id}, now)


def give(project: Project, team_ids: Collection[int], now: datetime) -> None:
    """Exactly these teams have the project from now on."""
    held = {one.team_id: one for one in ProjectTeam.objects.filter(project=project).select_related("team")}
    for team_id in sorted(set(team_ids) - set(held)):
        made = ProjectTeam.objects.create(project=project, team_id=team_id)
        _noted(project.organization, "project.team_add", made.team, {"project": project.slug}, now)
    for team_id in sorted(set(held) - set(team_ids)):
        held[team_id].delete()
        _noted(project.organization, "project.team_remove", held[team_id].team, {"project": project.slug}, now)


def _noted(organization: Organization, event: str, team: Team, data: dict[str, Any], now: datetime) -> None:
    audit.note(organization.pk, event, f"team:{team.pk}", {"slug": team.slug, **data}, actor_id=None, now=now)

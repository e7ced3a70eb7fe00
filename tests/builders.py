"""Builders: defaults for everything, so that a test names only what matters to it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tocsin.store.models import (
    Membership,
    Organization,
    Project,
    ProjectKey,
    ProjectTeam,
    Team,
    TeamMember,
    User,
)

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """One organization with a team, a member who owns it, a project and its key."""

    organization: Organization
    team: Team
    project: Project
    key: ProjectKey
    user: User


def a_user(email: str = "ana@example.com", **columns) -> User:
    return User.objects.create(email=email, date_joined=NOW, **{"password": "!", "name": "Ana", **columns})


def an_organization(slug: str = "acme", **columns) -> Organization:
    return Organization.objects.create(slug=slug, **{"name": slug.title(), "date_added": NOW, **columns})


def a_member(organization: Organization, team: Team | None = None, **columns) -> User:
    role = columns.pop("role", "member")
    user = a_user(**columns)
    Membership.objects.create(organization=organization, user=user, role=role, date_added=NOW)
    if team:
        TeamMember.objects.create(team=team, user=user)
    return user


def a_project(organization: Organization, team: Team | None = None, slug: str = "shop", **columns) -> Project:
    project = Project.objects.create(
        organization=organization, slug=slug, **{"name": slug.title(), "date_added": NOW, **columns}
    )
    if team:
        ProjectTeam.objects.create(project=project, team=team)
    return project


def a_world(slug: str = "acme", project: str = "shop", email: str = "ana@example.com") -> World:
    organization = an_organization(slug)
    team = Team.objects.create(organization=organization, slug=slug, name=slug.title(), date_added=NOW)
    user = a_member(organization, team, email=email, role="owner")
    made = a_project(organization, team, project)
    key = ProjectKey.objects.create(project=made, public_key=f"{made.pk:032x}", date_added=NOW)
    return World(organization, team, made, key, user)

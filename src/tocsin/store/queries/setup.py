"""A project as its set-up page shows it: its keys and the teams that are told of its errors."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from tocsin.store.models import Project, ProjectKey, Team


@dataclass(frozen=True, slots=True)
class Key:
    """`limit` is events in `window` seconds, 0 for none."""

    id: int
    public_key: str
    label: str
    is_active: bool
    date_added: datetime
    limit: int = 0
    window: int = 0


@dataclass(frozen=True, slots=True)
class TeamRow:
    slug: str
    name: str
    members: int


@dataclass(frozen=True, slots=True)
class Setup:
    """`first_event` is None until an SDK has reported anything."""

    id: int
    slug: str
    name: str
    platform: str
    first_event: datetime | None
    keys: tuple[Key, ...] = ()
    teams: tuple[TeamRow, ...] = ()

    @property
    def key(self) -> Key | None:
        """The key that the snippets use: the oldest that works."""
        return next((key for key in self.keys if key.is_active), None)


def project(organization_id: int, slug: str) -> Setup | None:
    """A project of the organization without its keys and teams, or None."""
    found = Project.objects.filter(organization_id=organization_id, slug=slug).first()
    if found is None:
        return None
    return Setup(found.pk, found.slug, found.name, found.platform, found.first_event)


def whole(organization_id: int, slug: str) -> Setup | None:
    """A project of the organization with its keys and teams, or None; three queries."""
    found = project(organization_id, slug)
    if found is None:
        return None
    keys = ProjectKey.objects.filter(project_id=found.id).order_by("pk")
    teams = (
        Team.objects.filter(project_teams__project_id=found.id)
        .annotate(members=Count("team_members"))
        .order_by("slug")
    )
    return Setup(
        found.id,
        found.slug,
        found.name,
        found.platform,
        found.first_event,
        tuple(_key(row) for row in keys),
        tuple(TeamRow(row.slug, row.name, row.members) for row in teams),
    )


def _key(row: ProjectKey) -> Key:
    limit, window = row.rate_limit or 0, row.rate_window or 0
    return Key(row.pk, row.public_key, row.label, row.is_active, row.date_added, limit, window)

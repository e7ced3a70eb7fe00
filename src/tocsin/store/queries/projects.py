"""What the digest knows of the projects that a batch reports to."""

from collections.abc import Collection
from dataclasses import dataclass

from tocsin.store.models import Project


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """`version` and `organization_version` key the caches of compiled rules and of the directory."""

    id: int
    slug: str
    name: str
    version: int
    organization_id: int
    organization_slug: str
    organization_version: int
    has_events: bool


def by_id(project_ids: Collection[int]) -> dict[int, ProjectFacts]:
    """The projects that exist, by id; one query."""
    found = Project.objects.filter(pk__in=project_ids).values_list(
        "id",
        "slug",
        "name",
        "version",
        "organization_id",
        "organization__slug",
        "organization__version",
        "first_event",
    )
    return {row[0]: ProjectFacts(*row[:7], has_events=row[7] is not None) for row in found}

"""What the digest knows of the projects that a batch reports to."""

from collections.abc import Collection
from dataclasses import dataclass

from tocsin.store.db import rows, values


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
    later_alerts: str


def by_id(project_ids: Collection[int]) -> dict[int, ProjectFacts]:
    """The projects that exist, by id; one query."""
    if not project_ids:
        return {}
    # As a query set it takes 0.4 ms, four fifths of that to write the same statement again.
    found = rows(
        "SELECT project.id, project.slug, project.name, project.version, organization.id, organization.slug,"  # noqa: S608
        " organization.version, project.first_event IS NOT NULL, organization.later_alerts"
        " FROM store_project AS project"
        " JOIN store_organization AS organization ON organization.id = project.organization_id"
        f" WHERE project.id IN {values(len(project_ids), 1)}",
        [*project_ids],
    )
    return {row[0]: ProjectFacts(*row) for row in found}

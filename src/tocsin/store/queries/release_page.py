"""What a release's page shows beside the release itself; each function is one query."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from tocsin.core.issue import short_id
from tocsin.store.models import Issue, Resolution

ISSUES = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """An issue in a list of a release."""

    id: int
    short_id: str
    title: str
    level: str
    status: int
    times_seen: int
    last_seen: datetime


def new_issues(organization_id: int, version: str, project_id: int | None) -> list[Listed]:
    """Those that were first seen in the version, the latest first; one more than is shown."""
    found = Issue.objects.filter(project__organization_id=organization_id, first_release=version)
    return _listed(found.filter(project_id=project_id) if project_id else found)


def resolved(organization_id: int, version: str, project_id: int | None) -> list[Listed]:
    """Those that are fixed in the version."""
    fixed = Resolution.objects.filter(release=version, kind="in_release").values("issue_id")
    found = Issue.objects.filter(project__organization_id=organization_id, pk__in=fixed)
    return _listed(found.filter(project_id=project_id) if project_id else found)


def _listed(found: QuerySet[Issue]) -> list[Listed]:
    columns = ("id", "project__slug", "number", "title", "level", "status", "times_seen", "last_seen")
    rows = found.order_by("-last_seen", "-id").values_list(*columns)[: ISSUES + 1]
    return [Listed(row[0], short_id(row[1], row[2]), *row[3:]) for row in rows]

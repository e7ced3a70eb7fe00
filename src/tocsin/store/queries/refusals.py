"""Refused events, by the projects whose keys reached their limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Sum

from tocsin.store.models import ProjectKey, QuotaNotice, Refused


@dataclass(frozen=True, slots=True)
class RefusedOf:
    """A key's count of a day; its limit is `most` events in `seconds`, 0 once it has none."""

    label: str
    count: int
    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Due:
    """A project and a day of which nobody was told."""

    organization_id: int
    organization: str
    version: int
    project_id: int
    project: str
    day: date


def ids(public_keys: Mapping[str, int]) -> dict[str, int]:
    """The ids of keys by their public part; those that were deleted are missing."""
    found = ProjectKey.objects.filter(public_key__in=list(public_keys))
    return dict(found.values_list("public_key", "id"))


def due(since: date) -> dict[Due, list[RefusedOf]]:
    """What was refused from a day on and not told, most first. One statement."""
    told = QuotaNotice.objects.filter(project=OuterRef("key__project"), day=OuterRef("day"))
    found = Refused.objects.filter(~Exists(told), day__gte=since).order_by("day", "key__project_id", "-count")
    by_project: dict[Due, list[RefusedOf]] = {}
    for row in found.values_list(
        "key__project__organization_id",
        "key__project__organization__slug",
        "key__project__organization__version",
        "key__project_id",
        "key__project__slug",
        "day",
        "key__label",
        "count",
        "key__rate_limit",
        "key__rate_window",
    ):
        label, count, most, seconds = row[6:]
        by_project.setdefault(Due(*row[:6]), []).append(RefusedOf(label, count, most or 0, seconds or 0))
    return by_project


def of_project(project_id: int, since: date) -> dict[int, int]:
    """How many events each key of a project refused from a day on, by the key's id."""
    found = Refused.objects.filter(key__project_id=project_id, day__gte=since)
    return dict(found.order_by().values_list("key_id").annotate(Sum("count")))

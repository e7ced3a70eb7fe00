"""What a message about a deploy says; each function is one query, or two."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from tocsin.store.models import Commit, Project, ReleaseCommit


@dataclass(frozen=True, slots=True)
class Told:
    """What is new in a version: its latest commits, and how many commits and authors there are."""

    commits: tuple[Commit, ...]
    commit_count: int
    author_count: int


def told_of(organization_id: int, version: str, limit: int) -> Told:
    found = ReleaseCommit.objects.filter(organization_id=organization_id, version=version)
    counts = found.aggregate(commits=Count("id"), authors=Count("commit__author_email", distinct=True))
    latest = [row.commit for row in found.select_related("commit").order_by("position")[:limit]]
    return Told(tuple(latest), counts["commits"], counts["authors"])


def author_emails(organization_id: int, version: str) -> list[str]:
    """The addresses of those who have a commit in a version."""
    found = ReleaseCommit.objects.filter(organization_id=organization_id, version=version)
    return list(found.values_list("commit__author_email", flat=True).distinct())


def slugs(project_ids: Collection[int]) -> list[str]:
    return list(Project.objects.filter(pk__in=project_ids).order_by("slug").values_list("slug", flat=True))

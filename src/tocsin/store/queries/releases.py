"""Releases as the API and the pages show them: a version once, with all the projects that it is of."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet

from tocsin.store.models import Commit, Deploy, Issue, Project, Release, ReleaseCommit

AUTHORS = 20  # shown of one release


@dataclass(frozen=True, slots=True)
class InProject:
    """What a version is in one project."""

    id: int
    slug: str
    name: str
    platform: str
    new_issues: int


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A version of an organization. `authors` are the first 20 by name; dates are the earliest of its projects."""

    id: int
    version: str
    first_seen: datetime
    date_started: datetime | None
    date_released: datetime | None
    ref: str
    url: str
    is_archived: bool
    projects: tuple[InProject, ...]
    commit_count: int
    last_commit: str
    authors: tuple[Author, ...]
    deploy_count: int
    last_deploy: Deploy | None


@dataclass(frozen=True, slots=True)
class Page:
    releases: tuple[Shown, ...]
    has_more: bool


def named(organization_id: int, called: Collection[str]) -> dict[str, int]:
    """The organization's projects by what they are called: a slug or an id."""
    ids = [int(one) for one in called if one.isascii() and one.isdigit() and len(one) <= 18]
    found = Project.objects.filter(Q(slug__in=called) | Q(pk__in=ids), organization_id=organization_id)
    by_name: dict[str, int] = {}
    for project_id, slug in found.values_list("id", "slug"):
        by_name |= {slug: project_id, str(project_id): project_id}
    return {one: by_name[one] for one in called if one in by_name}


def rows(organization_id: int, version: str) -> list[Release]:
    """The version's row in each of its projects."""
    return list(_of(organization_id).filter(version=version).select_related("project").order_by("project__slug"))


def one(organization_id: int, version: str) -> Shown | None:
    found = _shown(organization_id, [version])
    return found[0] if found else None


def page(  # noqa: PLR0913 — a list is narrowed by each of them
    organization_id: int,
    *,
    project_id: int | None = None,
    query: str = "",
    offset: int = 0,
    limit: int = 100,
    archived: bool = False,
) -> Page:
    """Versions, the latest first, as many queries for any number."""
    found = _of(organization_id).filter(is_archived=archived)
    if project_id is not None:
        found = found.filter(project_id=project_id)
    if query:
        found = found.filter(version__icontains=query)
    versions = found.values("version").annotate(first=Min("first_seen")).order_by("-first", "-version")
    some = [row["version"] for row in versions[offset : offset + limit + 1]]
    return Page(tuple(_shown(organization_id, some[:limit])), len(some) > limit)


def before(organization_id: int, version: str) -> str:
    """The last version of these projects that was heard of earlier and whose commits are known; "" for none."""
    mine = rows(organization_id, version)
    if not mine:
        return ""
    told = ReleaseCommit.objects.filter(organization_id=organization_id).values("version")
    earlier = Release.objects.filter(
        project_id__in=[row.project_id for row in mine],
        first_seen__lt=min(row.first_seen for row in mine),
        version__in=told,
    )
    return earlier.order_by("-first_seen", "-id").values_list("version", flat=True).first() or ""


def commits(organization_id: int, version: str, limit: int = 1_000) -> list[Commit]:
    """What is new in a version, the latest first."""
    found = ReleaseCommit.objects.filter(organization_id=organization_id, version=version)
    rows_ = found.select_related("commit__repository").order_by("position")[:limit]
    return [row.commit for row in rows_]


def deploys(organization_id: int, version: str, limit: int = 100) -> list[Deploy]:
    """The latest first."""
    found = Deploy.objects.filter(organization_id=organization_id, version=version).prefetch_related("projects")
    return list(found.order_by("-date_finished", "-id")[:limit])


def _of(organization_id: int) -> QuerySet[Release]:
    return Release.objects.filter(project__organization_id=organization_id)


def _shown(organization_id: int, versions: Sequence[str]) -> list[Shown]:
    if not versions:
        return []
    by_version: dict[str, list[Release]] = defaultdict(list)
    found = _of(organization_id).filter(version__in=versions).select_related("project")
    for row in found.order_by("project__slug"):
        by_version[row.version].append(row)
    news = _new_issues(organization_id, versions)
    counts, latest = _commit_counts(organization_id, versions)
    authors = _authors(organization_id, versions)
    runs, last = _deployed(organization_id, versions)
    return [
        Shown(
            min(row.pk for row in mine),
            version,
            min(row.first_seen for row in mine),
            min((row.date_started for row in mine if row.date_started), default=None),
            min((row.date_released for row in mine if row.date_released), default=None),
            next((row.ref for row in mine if row.ref), ""),
            next((row.url for row in mine if row.url), ""),
            all(row.is_archived for row in mine),
            tuple(_in_project(row, news) for row in mine),
            counts.get(version, 0),
            latest.get(version, ""),
            authors.get(version, ()),
            runs.get(version, 0),
            last.get(version),
        )
        for version in versions
        if (mine := by_version.get(version))
    ]


def _in_project(row: Release, news: dict[tuple[int, str], int]) -> InProject:
    project = row.project
    count = news.get((project.pk, row.version), 0)
    return InProject(project.pk, project.slug, project.name, project.platform, count)


def _new_issues(organization_id: int, versions: Sequence[str]) -> dict[tuple[int, str], int]:
    found = Issue.objects.filter(project__organization_id=organization_id, first_release__in=versions)
    counted = found.values_list("project_id", "first_release").annotate(count=Count("id"))
    return {(project, version): count for project, version, count in counted}


def _commit_counts(organization_id: int, versions: Sequence[str]) -> tuple[dict[str, int], dict[str, str]]:
    found = ReleaseCommit.objects.filter(organization_id=organization_id, version__in=versions)
    counts = dict(found.values_list("version").annotate(count=Count("id")))
    return counts, dict(found.filter(position=0).values_list("version", "commit__key"))


def _authors(organization_id: int, versions: Sequence[str]) -> dict[str, tuple[Author, ...]]:
    found = ReleaseCommit.objects.filter(organization_id=organization_id, version__in=versions)
    named_ = found.exclude(commit__author_email="", commit__author_name="")
    people: dict[str, dict[str, Author]] = defaultdict(dict)
    columns = ("version", "commit__author_name", "commit__author_email")
    for version, name, email in named_.order_by("commit__author_name").values_list(*columns).distinct():
        people[version].setdefault(email or name, Author(name or email, email))
    return {version: tuple(some.values())[:AUTHORS] for version, some in people.items()}


def _deployed(organization_id: int, versions: Sequence[str]) -> tuple[dict[str, int], dict[str, Deploy]]:
    found = Deploy.objects.filter(organization_id=organization_id, version__in=versions)
    grouped = list(found.values_list("version").annotate(count=Count("id"), last=Max("date_finished")))
    ends = {version: last for version, _, last in grouped}
    ended = found.filter(date_finished__in=ends.values()).order_by("id")
    latest = {deploy.version: deploy for deploy in ended if deploy.date_finished == ends[deploy.version]}
    return {version: count for version, count, _ in grouped}, latest

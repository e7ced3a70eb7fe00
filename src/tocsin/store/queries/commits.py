"""What commits have to do with issues and people; each function is one query, or two."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from tocsin.store.models import Commit, Issue, IssueLink, Project, Release, ReleaseCommit, Repository, User


def issues_called(
    organization_id: int, called: Collection[tuple[str, int]]
) -> dict[tuple[str, int], tuple[int, int]]:
    """(issue, project) by the project's slug in lower case and the issue's number."""
    if not called:
        return {}
    projects = Project.objects.filter(organization_id=organization_id).values_list("id", "slug")
    slugs = {slug.lower(): project for project, slug in projects}
    wanted = {(slugs[slug], number): (slug, number) for slug, number in called if slug in slugs}
    found = Issue.objects.filter(
        project_id__in={project for project, _ in wanted}, number__in={number for _, number in wanted}
    )
    return {
        wanted[project, number]: (issue, project)
        for issue, project, number in found.values_list("id", "project_id", "number")
        if (project, number) in wanted
    }


def members_by_email(organization_id: int, emails: Iterable[str]) -> dict[str, int]:
    """Active members by any address that is theirs: the one they sign in with, and those that they verified."""
    wanted = {one for one in emails if one}
    if not wanted:
        return {}
    mine = User.objects.filter(
        is_active=True, memberships__organization_id=organization_id, memberships__pending=False
    )
    verified = mine.filter(addresses__email__in=wanted, addresses__verified__isnull=False)
    found = dict(verified.values_list("addresses__email", "id"))
    return {**found, **dict(mine.filter(email__in=wanted).values_list("email", "id"))}


@dataclass(frozen=True, slots=True)
class Landing:
    """An issue that a commit (or the pull request that became it) resolves, where that is released."""

    issue_id: int
    project_id: int
    commit_id: int
    commit: str
    author_email: str


def landing(
    organization_id: int, version: str, commit_ids: Sequence[int], new_in: Collection[int] = ()
) -> list[Landing]:
    """What the commits of a version resolve in the projects that have the version; `new_in` those that it came to
    after its commits were told.

    Not where an earlier release of the project had the commit already: who sends the same commits with each
    release would resolve again what came back since.
    """
    keys = dict(Commit.objects.filter(pk__in=commit_ids).values_list("id", "key"))
    linked = _linked(organization_id, keys)
    if not linked:
        return []
    here = Release.objects.filter(project__organization_id=organization_id, version=version)
    projects = set(here.values_list("project_id", flat=True))
    earlier = _landed(organization_id, {one.commit_id for one in linked}, {(version, one) for one in new_in})
    return [one for one in linked if one.project_id in projects and (one.commit_id, one.project_id) not in earlier]


def told_before(new: Collection[tuple[int, str]]) -> list[tuple[int, str, list[int]]]:
    """Of versions that came to projects, those whose commits are known: organization, version, projects."""
    listed = ReleaseCommit.objects.filter(
        organization__projects__in={project for project, _ in new}, version__in={version for _, version in new}
    )
    places = set(listed.values_list("organization__projects", "organization_id", "version"))
    of_version: dict[tuple[int, str], list[int]] = {}
    for project, organization, version in sorted(places):
        if (project, version) in new:
            of_version.setdefault((organization, version), []).append(project)
    return [(*place, projects) for place, projects in of_version.items()]


def ids_of(organization_id: int, version: str) -> list[int]:
    """The commits of a version."""
    found = ReleaseCommit.objects.filter(organization_id=organization_id, version=version)
    return list(found.values_list("commit_id", flat=True))


def _linked(organization_id: int, keys: dict[int, str]) -> list[Landing]:
    by_key = {key: commit for commit, key in keys.items()}
    direct = Q(commit_id__in=keys)
    merged = Q(pull_request__organization_id=organization_id, pull_request__merge_commit__in=by_key)
    columns = (
        "issue_id",
        "issue__project_id",
        "commit_id",
        "commit__author_email",
        "pull_request__merge_commit",
        "pull_request__author_email",
    )
    found: dict[tuple[int, int], Landing] = {}
    for issue, project, commit, email, merge_commit, pull_email in (
        IssueLink.objects.filter(direct | merged).order_by("id").values_list(*columns)
    ):
        commit_id = commit or by_key[merge_commit]
        found.setdefault(
            (issue, commit_id), Landing(issue, project, commit_id, keys[commit_id], email or pull_email or "")
        )
    return list(found.values())


def _landed(organization_id: int, commit_ids: set[int], new: set[tuple[str, int]]) -> set[tuple[int, int]]:
    """(commit, project) pairs of releases that exist, without new ones (version, project)."""
    listed = ReleaseCommit.objects.filter(organization_id=organization_id, commit_id__in=commit_ids)
    places = list(listed.values_list("version", "commit_id"))
    of_version: dict[str, set[int]] = {}
    releases = Release.objects.filter(
        project__organization_id=organization_id, version__in={version for version, _ in places}
    )
    for version, project in releases.values_list("version", "project_id"):
        if (version, project) not in new:
            of_version.setdefault(version, set()).add(project)
    return {(commit, project) for version, commit in places for project in of_version.get(version, ())}


def find(organization_id: int, key: str, repository: str) -> Commit | None:
    """A commit by its hash, or by the beginning of it, of a repository or of any."""
    found = Commit.objects.filter(organization_id=organization_id, key__startswith=key)
    if repository:
        found = found.filter(repository__name=repository)
    return found.order_by("-date", "-id").first()


def between(organization_id: int, repository: str, last: str, before: str, limit: int) -> list[int]:
    """The commits that a host told of, from one back to (and without) an earlier one, the latest first."""
    known = Commit.objects.filter(organization_id=organization_id, repository__name=repository)
    newest = known.filter(key__startswith=last).first()
    if newest is None:
        return []
    oldest = known.filter(key__startswith=before).first() if before else None
    found = known.filter(date__lte=newest.date)
    found = found.filter(date__gt=oldest.date) if oldest else found.filter(pk=newest.pk)
    return list(found.order_by("-date", "-id").values_list("id", flat=True)[:limit])


def last_of(organization_id: int, version: str, repository: str) -> str:
    """The hash of the latest commit of a version in a repository; "" for none."""
    found = ReleaseCommit.objects.filter(
        organization_id=organization_id, version=version, commit__repository__name=repository
    )
    return found.order_by("position").values_list("commit__key", flat=True).first() or ""


def repositories(organization_id: int, limit: int = 1_000) -> list[Repository]:
    return list(Repository.objects.filter(organization_id=organization_id).order_by("name")[:limit])


def repository(organization_id: int, name: str) -> Repository | None:
    return Repository.objects.filter(organization_id=organization_id, name=name).first()


def newest_release_with(project_id: int, commit_id: int) -> str:
    """The version that was heard of last of those of a project that have the commit; "" for none."""
    versions = ReleaseCommit.objects.filter(commit_id=commit_id).values("version")
    found = Release.objects.filter(project_id=project_id, version__in=versions)
    return found.order_by("-first_seen", "-id").values_list("version", flat=True).first() or ""

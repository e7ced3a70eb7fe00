"""Repositories, commits, pull requests and the issues that they resolve; as many statements for any number."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from tocsin.core import code
from tocsin.store.models import Commit, CommitFile, IssueLink, PullRequest, Repository

NAME, PATH = 255, 500
ROWS_AT_ONCE = 500


def repositories(organization_id: int, names: Collection[str], now: datetime) -> dict[str, int]:
    """The ids of repositories by name; those that nobody has named yet are new."""
    Repository.objects.bulk_create(
        [Repository(organization_id=organization_id, name=name, date_added=now) for name in names],
        ignore_conflicts=True,
    )
    found = Repository.objects.filter(organization_id=organization_id, name__in=names)
    return dict(found.values_list("name", "id"))


def hosted(organization_id: int, host: code.Host, now: datetime) -> Repository:
    """A repository as its host calls it; one that was only named by sentry-cli learns where it is."""
    found, _ = Repository.objects.update_or_create(
        organization_id=organization_id,
        name=host.name,
        defaults={"provider": host.provider, "external_id": host.external_id, "url": host.url},
        create_defaults={
            "provider": host.provider,
            "external_id": host.external_id,
            "url": host.url,
            "date_added": now,
        },
    )
    return found


def save(
    organization_id: int, commits: Sequence[code.Commit], repositories: dict[str, int], now: datetime
) -> tuple[list[int], list[Commit]]:
    """The commits' ids in their order, and those of which nothing was known before.

    A commit never changes; one that was only named (its message is "") is told now.
    """
    said = {(repositories[one.repository], one.key): one for one in commits}
    before = _known(said)
    fresh = [_row(organization_id, place, one, now) for place, one in said.items() if place not in before]
    Commit.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=ROWS_AT_ONCE)
    told = [_told(row, said[place]) for place, row in before.items() if not row.message and said[place].message]
    Commit.objects.bulk_update(told, ["message", "author_name", "author_email", "date"], batch_size=ROWS_AT_ONCE)
    known_well = {row.pk for row in before.values()} - {row.pk for row in told}
    after = _known(said)
    news = {row.pk: row for row in after.values() if row.pk not in known_well}
    _files([(after[place].pk, one.files) for place, one in said.items() if after[place].pk in news])
    return [after[place].pk for place in said], list(news.values())


_Place = tuple[int, str]  # a repository and a hash


def _known(places: Collection[_Place]) -> dict[_Place, Commit]:
    repositories, keys = {repository for repository, _ in places}, [key for _, key in places]
    found = Commit.objects.filter(repository_id__in=repositories, key__in=keys).select_related("repository")
    return {(row.repository_id, row.key): row for row in found if (row.repository_id, row.key) in places}


def _row(organization_id: int, place: _Place, one: code.Commit, now: datetime) -> Commit:
    row = Commit(organization_id=organization_id, repository_id=place[0], key=one.key, date=now)
    return _told(row, one)


def _told(row: Commit, one: code.Commit) -> Commit:
    row.message, row.author_name, row.author_email = one.message, one.author_name, one.author_email
    row.date = one.date or row.date
    return row


def _files(changed: Iterable[tuple[int, Sequence[code.ChangedFile]]]) -> None:
    CommitFile.objects.bulk_create(
        [
            CommitFile(commit_id=commit, path=file.path, name=_name(file.path), kind=file.kind)
            for commit, files in changed
            for file in files
            if len(file.path) <= PATH
        ],
        ignore_conflicts=True,
        batch_size=ROWS_AT_ONCE,
    )


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].lower()[:NAME]


def link(pairs: Sequence[tuple[int, int]], now: datetime) -> None:
    """(issue, commit) pairs: the commit says that it resolves the issue."""
    IssueLink.objects.bulk_create(
        [IssueLink(issue_id=issue, commit_id=commit, date_added=now) for issue, commit in pairs],
        ignore_conflicts=True,
    )


def unlink(issue_ids: Sequence[int]) -> None:
    """Commits resolve these issues no more: a person said that they are open, or not worth it."""
    IssueLink.objects.filter(issue_id__in=issue_ids, commit__isnull=False).delete()


def pull_request(organization_id: int, repository_id: int, said: code.PullRequest, now: datetime) -> PullRequest:
    """A pull request as it now stands; what was known of its author stays where nothing is said of them."""
    columns = {"title": said.title, "message": said.message, "url": said.url, "merge_commit": said.merge_commit}
    columns |= {"author_name": said.author_name} if said.author_name else {}
    columns |= {"author_email": said.author_email} if said.author_email else {}
    found, _ = PullRequest.objects.update_or_create(
        repository_id=repository_id,
        key=said.key,
        defaults=columns,
        create_defaults={**columns, "organization_id": organization_id, "date_added": now},
    )
    return found


def relink(pull_request_id: int, issue_ids: Collection[int], now: datetime) -> list[int]:
    """A pull request resolves these issues and no others; those that are new to it."""
    before = set(IssueLink.objects.filter(pull_request_id=pull_request_id).values_list("issue_id", flat=True))
    IssueLink.objects.filter(pull_request_id=pull_request_id).exclude(issue_id__in=issue_ids).delete()
    fresh = [issue for issue in issue_ids if issue not in before]
    IssueLink.objects.bulk_create(
        [IssueLink(issue_id=issue, pull_request_id=pull_request_id, date_added=now) for issue in fresh],
        ignore_conflicts=True,
    )
    return fresh

"""What build tools and code hosts tell of releases: commits, pull requests, deploys, as decisions read it."""

from dataclasses import dataclass
from datetime import datetime

VERSION_LENGTH = 250


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """`kind` is A (added), M (modified) or D (deleted)."""

    path: str
    kind: str = "M"


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; without `date` it counts as made when it was told. `files` is empty where nobody said."""

    key: str
    repository: str
    message: str = ""
    author_name: str = ""
    author_email: str = ""
    date: datetime | None = None
    files: tuple[ChangedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """The last commit of a release in a repository, and the last of the release before ("" where nobody said)."""

    repository: str
    commit: str
    previous: str = ""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull or merge request as it now stands; `merge_commit` is "" until it is merged."""

    key: str
    title: str = ""
    message: str = ""
    author_name: str = ""
    author_email: str = ""
    merge_commit: str = ""
    url: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Host:
    """The repository as its host calls it. `provider` is github or gitlab."""

    provider: str
    name: str
    external_id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Push:
    """Commits that came to a repository, the earliest first."""

    host: Host
    commits: tuple[Commit, ...]


@dataclass(frozen=True, slots=True)
class Pulled:
    """A pull request was opened, changed, closed or merged."""

    host: Host
    pull_request: PullRequest


@dataclass(frozen=True, slots=True)
class Release:
    """A release as somebody describes it; None leaves what is known as it is.

    `commits` are the latest first; an empty list says that there are none. `refs` likewise.
    """

    version: str
    projects: tuple[str, ...] = ()
    ref: str | None = None
    url: str | None = None
    date_started: datetime | None = None
    date_released: datetime | None = None
    commits: tuple[Commit, ...] | None = None
    refs: tuple[Ref, ...] | None = None
    is_archived: bool | None = None


@dataclass(frozen=True, slots=True)
class Deploy:
    environment: str
    name: str = ""
    url: str = ""
    date_started: datetime | None = None
    date_finished: datetime | None = None
    projects: tuple[str, ...] | None = None


def wrong_version(version: str) -> str:
    """Why a text cannot be a version, or ""."""
    if not version:
        return "Give a version, such as shop@1.4.2."
    if len(version) > VERSION_LENGTH:
        return f"A version has at most {VERSION_LENGTH} characters; this one has {len(version):,}."
    if version in (".", "..") or version.lower() == "latest":
        return f"{version!r} cannot be a version: it means something else."
    if not version.isprintable() or version != version.strip():
        return "A version is one line, without line breaks, control characters, or space around it."
    return ""

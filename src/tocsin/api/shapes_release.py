"""The bodies of releases, deploys and commits as OpenAPI describes them."""

# ruff: noqa: N815 — the names are the wire's

from typing import Any

from ninja import Schema


class Deploy(Schema):
    id: str
    environment: str
    name: str | None
    url: str | None
    dateStarted: str | None
    dateFinished: str


class DeployToSave(Schema):
    """`projects` are slugs; all projects of the release without them."""

    environment: str
    name: str | None = None
    url: str | None = None
    dateStarted: str | None = None
    dateFinished: str | None = None
    projects: list[str] | None = None


class Release(Schema):
    """A version with the projects that it is of."""

    id: int
    version: str
    shortVersion: str
    versionInfo: dict[str, Any]
    status: str
    ref: str | None
    url: str | None
    dateCreated: str
    dateStarted: str | None
    dateReleased: str | None
    data: dict[str, Any]
    newGroups: int
    owner: dict[str, Any] | None
    commitCount: int
    lastCommit: dict[str, str] | None
    deployCount: int
    lastDeploy: Deploy | None
    authors: list[dict[str, str]]
    projects: list[dict[str, Any]]
    firstEvent: str | None
    lastEvent: str | None


class ReleaseToSave(Schema):
    """A version has at most 250 characters in one line; slashes are welcome. `commits` are the latest first."""

    version: str
    projects: list[str]
    ref: str | None = None
    url: str | None = None
    dateStarted: str | None = None
    dateReleased: str | None = None
    commits: list[dict[str, Any]] | None = None
    refs: list[dict[str, Any]] | None = None
    status: str | None = None


class Repository(Schema):
    id: str
    name: str
    url: str | None
    provider: dict[str, str]
    status: str
    externalId: str | None
    dateCreated: str


class RepositoryToSave(Schema):
    """`name` is what commits call it: acme/shop. A host that tells of its pushes names it by itself."""

    name: str
    url: str | None = None


class Commit(Schema):
    id: str
    message: str
    dateCreated: str
    author: dict[str, str]
    repository: Repository

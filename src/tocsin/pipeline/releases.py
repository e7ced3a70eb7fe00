"""Releases as whoever builds and ships them tells of them: all of what was said, or nothing of it."""

from collections.abc import Sequence
from datetime import datetime

from tocsin.core import code
from tocsin.core.fields import InvalidFieldsError
from tocsin.pipeline import commits
from tocsin.pipeline.appeared import appeared, joined
from tocsin.pipeline.commits import Taken
from tocsin.pipeline.deploys import announce
from tocsin.store import models
from tocsin.store.db import one_at_a_time, one_transaction, retried
from tocsin.store.queries import commits as commit_queries
from tocsin.store.queries import releases as queries
from tocsin.store.writes import audit
from tocsin.store.writes import releases as writes
from tocsin.store.writes.events import remember_releases

COMMITS_OF_A_REF = 1_000


class UnknownReleaseError(LookupError):
    """The organization has no release of this version."""


def save(organization_id: int, wanted: code.Release, *, now: datetime, only_known: bool = False) -> bool:
    """Makes or completes a release in the projects that it names; whether it is new.

    Raises InvalidFieldsError by the field's name on the wire, and UnknownReleaseError where it has to be known
    already (`only_known`).
    """

    def once() -> bool:
        with one_transaction():
            return _save(organization_id, wanted, now, only_known=only_known)

    return retried(once)


def _save(organization_id: int, wanted: code.Release, now: datetime, *, only_known: bool) -> bool:
    projects = _projects(organization_id, wanted.projects)
    known = [row.project_id for row in queries.rows(organization_id, wanted.version)]
    if not known and only_known:
        raise UnknownReleaseError(f"There is no release {wanted.version!r} in this organization.")
    if not known and not projects:
        raise InvalidFieldsError({"projects": "Name the projects that it is a release of."})
    one_at_a_time([*known, *projects])
    new = remember_releases({(project, wanted.version) for project in projects}, now)
    writes.describe(organization_id, wanted)
    appeared(new, now)
    if wanted.commits is not None or wanted.refs is not None:
        _take(organization_id, wanted, now)
    else:
        joined(new, now)
    return not known


def _projects(organization_id: int, called: Sequence[str]) -> list[int]:
    found = queries.named(organization_id, called)
    unknown = [one for one in called if one not in found]
    if unknown:
        named = ", ".join(f"{one[:64]!r}" for one in unknown[:5])
        raise InvalidFieldsError({"projects": f"There is no project {named} in this organization."})
    return list(dict.fromkeys(found[one] for one in called))


def _take(organization_id: int, wanted: code.Release, now: datetime) -> None:
    """The commits that are new in the version, as listed, or as its refs say."""
    version = wanted.version
    told = commits.take(organization_id, wanted.commits or (), version, now)
    if wanted.refs and not wanted.commits:
        told = _of_refs(organization_id, version, wanted.refs, now)
    landing = commit_queries.landing(organization_id, version, told.ids)
    writes.set_commits(organization_id, version, told.ids)
    commits.land(organization_id, version, landing, told, now)


def _of_refs(organization_id: int, version: str, refs: Sequence[code.Ref], now: datetime) -> Taken:
    """What the repository's host has told of between two commits; the last one alone where it has told nothing."""
    ids: list[int] = []
    before = queries.before(organization_id, version)
    for ref in refs:
        since = ref.previous or (commit_queries.last_of(organization_id, before, ref.repository) if before else "")
        span = commit_queries.between(organization_id, ref.repository, ref.commit, since, COMMITS_OF_A_REF)
        alone = code.Commit(ref.commit, ref.repository)
        ids += span or commits.take(organization_id, [alone], version, now).ids
    return Taken(tuple(dict.fromkeys(ids)), frozenset())


def deploy(organization_id: int, version: str, said: code.Deploy, now: datetime) -> models.Deploy:
    """A version runs in an environment: kept, on the projects' timelines, and told to those whom it concerns.

    Raises UnknownReleaseError, and InvalidFieldsError by field.
    """

    def once() -> models.Deploy:
        with one_transaction():
            mine = [row.project_id for row in queries.rows(organization_id, version)]
            if not mine:
                raise UnknownReleaseError(f"There is no release {version!r} in this organization.")
            to = mine if said.projects is None else _projects(organization_id, said.projects)
            if not set(to) <= set(mine):
                raise InvalidFieldsError({"projects": "It is no release of all of these projects."})
            made = writes.deploy(organization_id, version, said, to, now)
            if made is None:
                raise InvalidFieldsError({"dateFinished": "This very deploy has been reported already."})
            announce(made, to, now)
        return made

    return retried(once)


def remove(organization_id: int, version: str, *, actor_id: int, now: datetime) -> None:
    """Forgets a release; its issues, events and commits stay. Raises UnknownReleaseError."""
    with one_transaction():
        if not queries.rows(organization_id, version):
            raise UnknownReleaseError(f"There is no release {version!r} in this organization.")
        writes.remove(organization_id, version)
        audit.note(organization_id, "release.remove", "release", {"version": version}, actor_id=actor_id, now=now)

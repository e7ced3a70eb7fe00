"""Commits: what repositories tell of, and the issues that it resolves, now or once it is released.

A commit that says "Fixes SHOP-12" stands on the issue's timeline at once; the issue is resolved when a release of
its project has the commit (behaviour §10.2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.core import code
from tocsin.core.commit_message import resolves
from tocsin.core.issue import Happening, Status, Substatus
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.store import models
from tocsin.store.db import one_transaction, retried
from tocsin.store.queries import commands
from tocsin.store.queries import commits as queries
from tocsin.store.queries.commits import Landing
from tocsin.store.writes import commits as writes
from tocsin.store.writes import issues, resolutions, workflow


@dataclass(frozen=True, slots=True)
class Taken:
    """Commits as they now are: their ids in the order given, and what was new to us and resolves an issue."""

    ids: tuple[int, ...]
    fresh: frozenset[tuple[int, int]]  # issue and commit


def named(organization_id: int, host: code.Host, now: datetime) -> models.Repository:
    """A repository that commits may name; one that is known stays as its host told."""
    with one_transaction():
        known = queries.repository(organization_id, host.name)
        return known or writes.hosted(organization_id, host, now)


def pushed(organization_id: int, push: code.Push, now: datetime) -> None:
    """Commits came to a repository. Told again, nothing comes of them."""

    def once() -> None:
        with one_transaction():
            writes.hosted(organization_id, push.host, now)
            take(organization_id, push.commits, "", now)

    retried(once)


def take(organization_id: int, commits: Sequence[code.Commit], version: str, now: datetime) -> Taken:
    """Keeps commits, links what they resolve, and says so on the timelines; `version` when they came with one."""
    if not commits:
        return Taken((), frozenset())
    repositories = writes.repositories(organization_id, sorted({one.repository for one in commits}), now)
    ids, news = writes.save(organization_id, commits, repositories, now)
    said = {row: resolves(row.message) for row in news}
    issues_ = queries.issues_called(organization_id, {called for some in said.values() for called in some})
    links = [(row, *issues_[called]) for row, some in said.items() for called in some if called in issues_]
    writes.link([(issue, row.pk) for row, issue, _ in links], now)
    people = queries.members_by_email(organization_id, {row.author_email for row, _, _ in links})
    happen([_fixes(row, issue, project, version, people) for row, issue, project in links], now)
    return Taken(tuple(ids), frozenset((issue, row.pk) for row, issue, _ in links))


def _fixes(row: models.Commit, issue: int, project: int, version: str, people: Mapping[str, int]) -> Happened:
    data = {"commit": row.key, "repository": row.repository.name, "version": version}
    said = {name: value for name, value in data.items() if value}
    return Happened(project, issue, Happening.RESOLVED_IN_COMMIT, people.get(row.author_email), said)


def pulled(organization_id: int, told: code.Pulled, now: datetime) -> None:
    """A pull request was opened, changed, closed or merged: what it resolves is linked, what it no longer names is
    not. Told again, nothing comes of it."""

    def once() -> None:
        with one_transaction():
            _pulled(organization_id, told, now)

    retried(once)


def _pulled(organization_id: int, told: code.Pulled, now: datetime) -> None:
    repository = writes.hosted(organization_id, told.host, now)
    row = writes.pull_request(organization_id, repository.pk, told.pull_request, now)
    is_wanted = told.pull_request.is_open or bool(told.pull_request.merge_commit)
    called = resolves(f"{row.title}\n{row.message}") if is_wanted else ()
    found = queries.issues_called(organization_id, called)
    projects = dict(found.values())
    fresh = writes.relink(row.pk, list(projects), now)
    people = queries.members_by_email(organization_id, [row.author_email])
    actor = people.get(row.author_email)
    data: dict[str, Any] = {"pull_request": {"id": row.key, "externalUrl": row.url, "title": row.title}}
    happening = Happening.RESOLVED_IN_PULL_REQUEST
    happen([Happened(projects[issue], issue, happening, actor, data) for issue in fresh], now)


def land(organization_id: int, version: str, landing: Sequence[Landing], taken: Taken, now: datetime) -> None:
    """The issues that a version's commits resolve are resolved in it, but those that are already.

    Of a commit that came with the version the timeline has spoken; of one that was known, it says where it landed.
    """
    found = commands.changing(organization_id, [one.issue_id for one in landing])
    if not found:
        return
    resolutions.landed([one.id for one in found], version)
    open_ = {one.id for one in found if one.before.status is not Status.RESOLVED}
    news = {one.issue_id: one for one in reversed(landing) if one.issue_id in open_}
    if not news:
        return
    people = queries.members_by_email(organization_id, [one.author_email for one in news.values()])
    who = {issue: people.get(one.author_email) for issue, one in news.items()}
    issues.set_status(list(news), Status.RESOLVED, Substatus.NONE, now)
    workflow.forget_ends(list(news))
    resolutions.fixed_in(version, who, now)
    resolutions.follow([(issue, news[issue].project_id, user) for issue, user in who.items() if user], now)
    later = [one for issue, one in news.items() if (issue, one.commit_id) not in taken.fresh]
    happen([_landed(one, version, who[one.issue_id]) for one in later], now)


def _landed(one: Landing, version: str, actor_id: int | None) -> Happened:
    data = {"version": version, "commit": one.commit}
    return Happened(one.project_id, one.issue_id, Happening.RESOLVED_IN_RELEASE, actor_id, data)

"""What a batch of events meets: the issues that its hashes lead to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin.store.db import aware, for_update, rows, values


@dataclass(slots=True)
class IssueRow:
    """An issue's columns as the digest changes them, in memory until the batch is written."""

    id: int
    project_id: int
    number: int
    title: str
    culprit: str
    level: str
    status: int
    substatus: int
    priority: int
    first_seen: datetime
    last_seen: datetime
    active_at: datetime
    resolved_at: datetime | None
    times_seen: int
    users_seen: int
    last_release: str
    assignee_user_id: int | None = None
    assignee_team_id: int | None = None
    owners_at: datetime | None = None


_COLUMNS = tuple(IssueRow.__dataclass_fields__)


def by_hash(project_ids: Collection[int], hashes: Iterable[str]) -> dict[tuple[int, str], int]:
    """The issue that each known (project, hash) leads to; one query."""
    wanted = [*hashes]
    if not wanted:
        return {}
    found = rows(
        "SELECT project_id, hash, issue_id FROM store_fingerprint"  # noqa: S608 — placeholders only
        f" WHERE project_id IN {values(len(project_ids), 1)} AND hash IN {values(len(wanted), 1)}",
        [*project_ids, *wanted],
    )
    return {(project, hash_): issue for project, hash_, issue in found}


def by_id(issue_ids: Collection[int]) -> dict[int, IssueRow]:
    """The issues by id, nobody else's to change until the transaction ends; one query."""
    if not issue_ids:
        return {}
    sql = (
        f"SELECT {', '.join(_COLUMNS)} FROM store_issue WHERE id IN {values(len(issue_ids), 1)}"  # noqa: S608
        f" ORDER BY id{for_update()}"
    )
    found = (IssueRow(*row) for row in rows(sql, [*issue_ids]))
    return {issue.id: _with_zones(issue) for issue in found}


def _with_zones(issue: IssueRow) -> IssueRow:
    issue.first_seen, issue.last_seen = aware(issue.first_seen), aware(issue.last_seen)
    issue.active_at = aware(issue.active_at)
    issue.resolved_at = aware(issue.resolved_at) if issue.resolved_at else None
    issue.owners_at = aware(issue.owners_at) if issue.owners_at else None
    return issue

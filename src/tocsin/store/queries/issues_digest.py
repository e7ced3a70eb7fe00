"""What a batch of events meets: the issues that its hashes lead to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin.store.models import Fingerprint, Issue


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


_COLUMNS = tuple(IssueRow.__dataclass_fields__)


def by_hash(project_ids: Collection[int], hashes: Iterable[str]) -> dict[tuple[int, str], int]:
    """The issue that each known (project, hash) leads to; one query."""
    found = Fingerprint.objects.filter(project_id__in=project_ids, hash__in=list(hashes))
    return {
        (project, hash_): issue for project, hash_, issue in found.values_list("project_id", "hash", "issue_id")
    }


def by_id(issue_ids: Collection[int]) -> dict[int, IssueRow]:
    """The issues by id; one query."""
    return {row[0]: IssueRow(*row) for row in Issue.objects.filter(pk__in=issue_ids).values_list(*_COLUMNS)}

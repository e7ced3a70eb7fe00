"""Issues as a digested batch leaves them: each function is one statement, whatever the batch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin.core.event import Event
from tocsin.store.db import execute_many, moment, rows, values
from tocsin.store.queries.issues_digest import IssueRow


def allot_numbers(counts: Mapping[int, int]) -> dict[int, int]:
    """The last number allotted in each project, after it was raised by how many are wanted."""
    if not counts:
        return {}
    sql = (
        f"WITH wanted(project_id, n) AS (VALUES {values(2, len(counts))}) "  # noqa: S608 — placeholders only
        "UPDATE store_project SET issue_count = issue_count + wanted.n FROM wanted "
        "WHERE store_project.id = wanted.project_id RETURNING store_project.id, issue_count"
    )
    return dict(rows(sql, [value for pair in counts.items() for value in pair]))


_NEW = (
    "project_id, number, title, culprit, level, platform, status, substatus, priority, first_seen, last_seen,"
    " active_at, times_seen, users_seen, first_release, last_release"
)


def open_issues(issues: Sequence[tuple[Any, ...]]) -> dict[tuple[int, int], int]:
    """New issues' ids by (project, number). Each row is in the order of _NEW, moments as datetimes."""
    if not issues:
        return {}
    sql = (
        f"INSERT INTO store_issue ({_NEW}) VALUES {values(16, len(issues))} "  # noqa: S608 — placeholders only
        "RETURNING project_id, number, id"
    )
    flat: list[Any] = []
    for row in issues:
        flat += (*row[:9], *map(moment, row[9:12]), *row[12:])
    return {(project, number): issue for project, number, issue in rows(sql, flat)}


def new_issue(number: int, project_id: int, event: Event, priority: int, seen: datetime) -> tuple[Any, ...]:
    """The row of an issue that an event opens; it is counted afterwards, like any other."""
    return (
        project_id,
        number,
        event.title[:255],
        event.culprit[:200],
        event.level,
        event.platform[:32],
        0,
        7,
        priority,
        seen,
        seen,
        seen,
        0,
        0,
        event.release,
        event.release,
    )


def lead_to(fingerprints: Sequence[tuple[int, str, str, int]]) -> None:
    """Hashes (project, hash, version, issue) that lead to issues from now on."""
    execute_many(
        "INSERT INTO store_fingerprint (project_id, hash, version, issue_id) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        fingerprints,
    )


def saw_users(seen: Sequence[tuple[int, str]], now: datetime) -> list[int]:
    """The issues, once per user that is new to them."""
    if not seen:
        return []
    at = moment(now)
    sql = (
        f'INSERT INTO store_issueuser (issue_id, "user", last_seen) VALUES {values(3, len(seen))} '  # noqa: S608
        "ON CONFLICT DO NOTHING RETURNING issue_id"
    )
    return [row[0] for row in rows(sql, [column for pair in seen for column in (*pair, at)])]


def saw_environments(seen: Sequence[tuple[int, str]], now: datetime) -> set[tuple[int, str]]:
    """The (issue, environment) pairs that are new."""
    if not seen:
        return set()
    at = moment(now)
    sql = (
        f"INSERT INTO store_issueenvironment (issue_id, environment, first_seen) "  # noqa: S608 — placeholders only
        f"VALUES {values(3, len(seen))} ON CONFLICT DO NOTHING RETURNING issue_id, environment"
    )
    return set(rows(sql, [column for pair in seen for column in (*pair, at)]))


def count_minutes(counts: Mapping[tuple[int, int, str], int]) -> None:
    """Adds to the counts of (issue, minute, environment)."""
    execute_many(
        "INSERT INTO store_issueminute (issue_id, minute, environment, count) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (issue_id, minute, environment)"
        " DO UPDATE SET count = store_issueminute.count + excluded.count",
        [(*key, count) for key, count in counts.items()],
    )


def update(issues: Sequence[IssueRow], seen: Mapping[int, int]) -> None:
    """Writes back what the batch changed; `seen` is how many events each issue gained, added and not set."""
    execute_many(
        "UPDATE store_issue SET title = %s, culprit = %s, level = %s, status = %s, substatus = %s,"
        " first_seen = %s, last_seen = %s, active_at = %s, resolved_at = %s, last_release = %s,"
        " users_seen = %s, times_seen = times_seen + %s WHERE id = %s",
        [
            (
                issue.title,
                issue.culprit,
                issue.level,
                issue.status,
                issue.substatus,
                moment(issue.first_seen),
                moment(issue.last_seen),
                moment(issue.active_at),
                moment(issue.resolved_at) if issue.resolved_at else None,
                issue.last_release,
                issue.users_seen,
                seen[issue.id],
                issue.id,
            )
            for issue in issues
        ],
    )


def happened(activities: Sequence[tuple[int, int, str, str, datetime]]) -> None:
    """Activities without an actor: (project, issue, type, data as JSON, when)."""
    execute_many(
        "INSERT INTO store_activity (project_id, issue_id, type, data, date_added) VALUES (%s, %s, %s, %s, %s)",
        [(*activity[:4], moment(activity[4])) for activity in activities],
    )

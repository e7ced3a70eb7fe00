"""What alert rules count, added to: each function is one statement, whatever the batch."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from tocsin.store.db import execute_many, moment


def count_seconds(counts: Mapping[tuple[int, str, int, str, str], int]) -> None:
    """Adds to the counts of (issue, series, second, environment, member)."""
    execute_many(
        "INSERT INTO store_counted (issue_id, series, second, environment, member, count)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (issue_id, series, second, environment, member)"
        " DO UPDATE SET count = store_counted.count + excluded.count",
        [(*key, count) for key, count in counts.items()],
    )


def count_sessions(counts: Mapping[tuple[int, int, str, str], int]) -> None:
    """Adds to the sessions of (project, minute, environment, release)."""
    execute_many(
        "INSERT INTO store_sessionminute (project_id, minute, environment, release, count)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (project_id, minute, environment, release)"
        " DO UPDATE SET count = store_sessionminute.count + excluded.count",
        [(*key, count) for key, count in counts.items()],
    )


def saw_releases(seen: Iterable[tuple[int, str, str, datetime]]) -> None:
    """Releases (project, environment, version, when) of environments, where they are new there."""
    execute_many(
        "INSERT INTO store_releaseenvironment (project_id, environment, version, first_seen)"
        " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [(*one[:3], moment(one[3])) for one in seen],
    )

"""Counts of refused events, and which of them were told."""

from collections.abc import Mapping
from datetime import date, datetime

from tocsin.store.db import execute_many, moment, rows


def add(counts: Mapping[int, int], day: date) -> None:
    """So many more on a day, by key id; in a fixed order, so that two fronts never wait crosswise."""
    execute_many(
        "INSERT INTO store_refused (key_id, day, count) VALUES (%s, %s, %s)"
        " ON CONFLICT (key_id, day) DO UPDATE SET count = store_refused.count + excluded.count",
        [(key, day.isoformat(), count) for key, count in sorted(counts.items())],
    )


def claim(project_id: int, day: date, now: datetime) -> int | None:
    """The row of a project's day for whoever tells of it in this transaction; None once it is there."""
    found = rows(
        "INSERT INTO store_quotanotice (project_id, day, date_added) VALUES (%s, %s, %s)"
        " ON CONFLICT (project_id, day) DO NOTHING RETURNING id",
        [project_id, day.isoformat(), moment(now)],
    )
    return found[0][0] if found else None

"""Timelines, and whom a notification did not reach; mostly one statement each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tocsin.core.issue import Happening
from tocsin.core.plan import Untold
from tocsin.store import models


class ActivityRow(NamedTuple):
    project_id: int
    issue_id: int | None
    type: str
    user_id: int | None
    data: Mapping[str, Any]
    date_added: datetime


def add(rows: Sequence[ActivityRow]) -> list[int]:
    """The new activities' ids, in their order."""
    made = models.Activity.objects.bulk_create(
        models.Activity(
            project_id=row.project_id,
            issue_id=row.issue_id,
            type=row.type,
            user_id=row.user_id,
            data=dict(row.data),
            date_added=row.date_added,
        )
        for row in rows
    )
    return [one.pk for one in made]


def untold(rows: Sequence[tuple[int, Untold]], now: datetime) -> None:
    """Whom notifications (by id) did not reach."""
    models.Untold.objects.bulk_create(
        models.Untold(
            notification_id=notification,
            user_id=one.user_id,
            verdict=one.verdict.value,
            reason=one.reason.value,
            cause=one.cause[:64],
            date_added=now,
        )
        for notification, one in rows
    )


def name_release(versions: Mapping[int, str]) -> None:
    """The last line of each issue's timeline that says "in an upcoming release" names it; two statements."""
    said = models.Activity.objects.filter(
        issue_id__in=list(versions), type=Happening.RESOLVED_IN_RELEASE.value, data__version=""
    )
    last = {one.issue_id: one for one in said.order_by("date_added", "id")}
    for issue_id, one in last.items():
        one.data = {**one.data, "version": versions[issue_id or 0]}
    models.Activity.objects.bulk_update(last.values(), ["data"])


def rewrite(issue_id: int, comment_id: int, author_id: int, text: str) -> bool:
    """Gives a comment of one's own another text; whether there is such a one."""
    found = models.Activity.objects.filter(pk=comment_id, issue_id=issue_id, user_id=author_id, type="note").first()
    if found is None:
        return False
    found.data = {**found.data, "text": text, "edited": True}
    found.save(update_fields=["data"])
    return True


def remove(issue_id: int, comment_id: int, author_id: int) -> bool:
    """Removes a comment of one's own; whether there was such a one."""
    mine = models.Activity.objects.filter(pk=comment_id, issue_id=issue_id, user_id=author_id, type="note")
    return bool(mine.delete()[0])

"""What rules are asked about again as time passes: issues seen lately, with the events kept of them."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from tocsin.core.issue import Status
from tocsin.store.db import aware, ids_given, in_ids, moment, rows
from tocsin.store.models import Issue


class Kept(NamedTuple):
    """One kept event; `payload` is its JSON, deflated."""

    issue_id: int
    event_id: str
    received: datetime
    payload: bytes


def seen_since(since: datetime, limit: int) -> list[tuple[int, int]]:
    """(issue, project) of the unresolved issues seen since a moment, the last first; one query."""
    found = Issue.objects.filter(status=Status.UNRESOLVED, last_seen__gte=since).order_by("-last_seen")
    return list(found.values_list("pk", "project_id")[:limit])


def last_kept(issue_ids: Collection[int], since: datetime) -> list[Kept]:
    """Of what was kept of issues since a moment, the last of each in each environment, newest first; one query."""
    if not issue_ids:
        return []
    found = rows(
        "SELECT issue_id, event_id, received, payload FROM store_event WHERE id IN"  # noqa: S608
        f" (SELECT max(id) FROM store_event WHERE issue_id {in_ids()} AND received > %s"
        " GROUP BY issue_id, environment) ORDER BY id DESC",
        [ids_given(issue_ids), moment(since)],
    )
    return [Kept(issue, event, aware(at), bytes(payload)) for issue, event, at, payload in found]

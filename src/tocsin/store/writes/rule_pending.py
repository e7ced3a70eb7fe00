"""Rules that matched and wait: put once for each issue, taken when they are due."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from tocsin.store.db import execute_many, for_update, moment, rows, values
from tocsin.store.models import RulePending


class Pending(NamedTuple):
    """A row of RulePending."""

    rule_id: int
    issue_id: int
    event_id: str
    received: datetime
    happened: Sequence[str]
    payload: bytes
    due: datetime


def put(waiting: Iterable[Pending]) -> None:
    """Makes them wait; one that waits for its issue already goes on as it is."""
    execute_many(
        "INSERT INTO store_rulepending (rule_id, issue_id, event_id, received, happened, payload, due)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [
            (*one[:3], moment(one.received), json.dumps(list(one.happened)), one.payload, moment(one.due))
            for one in waiting
        ],
    )


def projects_due(now: datetime, limit: int) -> list[tuple[int, int]]:
    """(project, id) of those whose wait is over, the oldest first."""
    found = RulePending.objects.filter(due__lte=now).order_by("due", "pk")
    return list(found.values_list("issue__project_id", "pk")[:limit])


def take(ids: Sequence[int]) -> list[Pending]:
    """Takes rows away, nobody else has them then."""
    if not ids:
        return []
    held = rows(
        f"SELECT id FROM store_rulepending WHERE id IN {values(len(ids), 1)} ORDER BY id{for_update()}",  # noqa: S608
        [*ids],
    )
    found = RulePending.objects.filter(pk__in=[row[0] for row in held]).order_by("due", "pk")
    columns = ("rule_id", "issue_id", "event_id", "received", "happened", "payload", "due")
    taken = [Pending(*row) for row in found.values_list(*columns)]
    RulePending.objects.filter(pk__in=[row[0] for row in held]).delete()
    return taken

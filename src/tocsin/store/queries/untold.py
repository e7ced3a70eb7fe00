"""Whom notifications did not reach, by the person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.issue import short_id
from tocsin.store.models import Untold

MOST = 200


@dataclass(frozen=True, slots=True)
class Missed:
    """One notification that a person was considered for and did not get. `short_id` is "" without an issue."""

    notification_id: int
    kind: str
    organization: str
    project: str
    issue_id: int | None
    short_id: str
    title: str
    reason: str
    cause: str
    moment: datetime


def of_person(user_id: int, organization_ids: Collection[int], since: datetime) -> tuple[list[Missed], bool]:
    """What a person was not told of since a moment, latest first, and whether there is more than the 200 shown."""
    rows = Untold.objects.filter(
        user_id=user_id, notification__organization_id__in=organization_ids, date_added__gte=since
    ).order_by("-date_added", "-pk")
    found = rows.values_list(
        "notification_id",
        "notification__kind",
        "notification__organization__slug",
        "notification__project__slug",
        "notification__issue_id",
        "notification__issue__number",
        "notification__issue__title",
        "reason",
        "cause",
        "date_added",
    )[: MOST + 1]
    return [
        Missed(
            row[0],
            row[1],
            row[2],
            row[3] or "",
            row[4],
            short_id(row[3], row[5]) if row[3] and row[5] else "",
            row[6] or "",
            *row[7:],
        )
        for row in found
    ][:MOST], len(found) > MOST

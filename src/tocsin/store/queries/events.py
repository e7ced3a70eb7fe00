"""Kept events of an issue: one at a time, with the ones beside it."""

import zlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery

from tocsin.core.issue import Status, short_id
from tocsin.store.models import Event, Issue

TAGS_FROM = 200  # kept events looked at for the distribution of tags


@dataclass(frozen=True, slots=True)
class Picked:
    """An event with its neighbours' ids, or empty where it is the first or the last one kept."""

    event: Event
    older: str
    newer: str

    @property
    def body(self) -> bytes:
        """The event's JSON as the SDK sent it."""
        return zlib.decompress(bytes(self.event.payload))


def pick(issue_id: int, event_id: str = "") -> Picked | None:
    """The event of that id, else the latest one kept; None for an id that is not this issue's."""
    events = Event.objects.filter(issue_id=issue_id)
    found = (events.filter(event_id=event_id) if event_id else events.order_by("-timestamp", "-pk")).first()
    if found is None:
        return None
    older = Q(timestamp__lt=found.timestamp) | Q(timestamp=found.timestamp, pk__lt=found.pk)
    newer = Q(timestamp__gt=found.timestamp) | Q(timestamp=found.timestamp, pk__gt=found.pk)
    return Picked(
        event=found,
        older=_id(events.filter(older).order_by("-timestamp", "-pk")),
        newer=_id(events.filter(newer).order_by("timestamp", "pk")),
    )


def _id(events: QuerySet[Event]) -> str:
    return events.values_list("event_id", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class TagShare:
    """How a tag's values are spread over the events kept lately: (value, percent) by size."""

    key: str
    values: tuple[tuple[str, int], ...]


def tag_shares(issue_id: int, keys: int = 8, values: int = 3) -> tuple[TagShare, ...]:
    """The most frequent tags of the latest kept events, in one query."""
    found = Event.objects.filter(issue_id=issue_id).order_by("-timestamp").values_list("tags", flat=True)
    counted: dict[str, Counter[str]] = {}
    for pairs in found[:TAGS_FROM]:
        for key, value in pairs:
            counted.setdefault(str(key), Counter())[str(value)] += 1
    order = sorted(counted, key=lambda key: (-counted[key].total(), key))
    return tuple(_share(key, counted[key], values) for key in order[:keys])


def _share(key: str, counts: Counter[str], values: int) -> TagShare:
    total = counts.total()
    return TagShare(key, tuple((value, round(100 * count / total)) for value, count in counts.most_common(values)))


class Sampled(NamedTuple):
    """A kept event; `payload` is deflated."""

    event_id: str
    received: datetime
    payload: bytes


def latest_kept(issue_ids: Collection[int]) -> dict[int, Sampled]:
    """The latest kept event of each issue that has one; one query."""
    newest = Event.objects.filter(issue=OuterRef("pk")).order_by("-timestamp", "-pk").values("pk")[:1]
    wanted = Issue.objects.filter(pk__in=issue_ids).annotate(newest=Subquery(newest)).values("newest")
    found = Event.objects.filter(pk__in=wanted).values_list("issue_id", "event_id", "received", "payload")
    return {row[0]: Sampled(row[1], row[2], bytes(row[3])) for row in found}


@dataclass(frozen=True, slots=True)
class Latest:
    """An issue of a project with the latest event kept of it; `payload` is deflated."""

    issue_id: int
    short_id: str
    title: str
    culprit: str
    level: str
    last_seen: datetime
    event_id: str
    received: datetime
    payload: bytes


def latest(project_id: int, issues: int = 20) -> list[Latest]:
    """The latest event of each of the project's unresolved issues seen last; two queries."""
    newest = Event.objects.filter(issue=OuterRef("pk")).order_by("-timestamp", "-pk").values("pk")[:1]
    found = Issue.objects.filter(project_id=project_id, status=Status.UNRESOLVED).select_related("project")
    seen = [
        row
        for row in found.annotate(newest=Subquery(newest)).order_by("-last_seen")[:issues]
        if row.newest is not None
    ]
    events = Event.objects.in_bulk([row.newest for row in seen])
    return [_latest(row, events[row.newest]) for row in seen if row.newest in events]


def _latest(issue: Issue, event: Event) -> Latest:
    return Latest(
        issue_id=issue.pk,
        short_id=short_id(issue.project.slug, issue.number),
        title=issue.title,
        culprit=issue.culprit,
        level=issue.level,
        last_seen=issue.last_seen,
        event_id=event.event_id,
        received=event.received,
        payload=bytes(event.payload),
    )

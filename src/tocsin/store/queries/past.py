"""What is stored of a project's past, as backtests play it again: each function is one statement."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Max

from tocsin.store.db import rows
from tocsin.store.models import Activity, Event, Issue, IssueEnvironment, ReleaseEnvironment, SessionMinute

# An event's own time is at most so much before it was received (formats.event).
OLDEST = timedelta(days=31)


class KeptRow(NamedTuple):
    """A kept event; `tags` are pairs, `payload` is deflated."""

    id: int
    issue_id: int
    event_id: str
    timestamp: datetime
    received: datetime
    level: str
    environment: str
    release: str
    title: str
    tags: list[tuple[str, str]]
    payload: bytes


def issues(project_id: int, since: datetime) -> list[Issue]:
    """The issues that may have had events since a moment."""
    return list(Issue.objects.filter(project_id=project_id, last_seen__gte=since - OLDEST))


def environments(project_id: int, before: datetime) -> list[tuple[int, str]]:
    """(issue, environment) of each that an issue had been seen in."""
    found = IssueEnvironment.objects.filter(issue__project_id=project_id, first_seen__lt=before)
    return list(found.values_list("issue_id", "environment"))


def activities(project_id: int, types: Collection[str], until: datetime) -> list[tuple[int, str, Any, datetime]]:
    """(issue, type, data, when) of what was done to issues, in its order."""
    found = Activity.objects.filter(
        project_id=project_id, type__in=types, issue__isnull=False, date_added__lte=until
    ).order_by("date_added", "pk")
    return list(found.values_list("issue_id", "type", "data", "date_added"))


def kept_ids(project_id: int, since: datetime, until: datetime) -> list[tuple[str, int, datetime, str]]:
    """(event id, issue, its own time, environment) of the kept events that were received in a time."""
    found = Event.objects.filter(project_id=project_id, received__gte=since, received__lte=until)
    return list(found.values_list("event_id", "issue_id", "timestamp", "environment"))


def kept(project_id: int, since: datetime, until: datetime) -> list[KeptRow]:
    """The kept events that were received from a moment on and before another, in their order."""
    found = Event.objects.filter(project_id=project_id, received__gte=since, received__lt=until)
    return [_kept(row) for row in found.order_by("received", "pk").values_list(*KeptRow._fields)]


def kept_before(project_id: int, before: datetime) -> list[KeptRow]:
    """Of each issue and environment, the event that was kept last before a moment; two statements."""
    last = Event.objects.filter(project_id=project_id, received__lt=before)
    ids = last.values("issue_id", "environment").annotate(last=Max("pk")).values_list("last", flat=True)
    found = Event.objects.filter(pk__in=list(ids)).order_by("received", "pk")
    return [_kept(row) for row in found.values_list(*KeptRow._fields)]


def _kept(row: tuple[Any, ...]) -> KeptRow:
    found = KeptRow._make(row)
    return found._replace(
        tags=[(str(name), str(value)) for name, value in found.tags], payload=bytes(found.payload)
    )


def minutes(project_id: int, first: int, last: int) -> list[tuple[int, int, str, int]]:
    """(issue, minute, environment, count) of the events in a range of minutes, both ends included."""
    return rows(
        "SELECT counted.issue_id, counted.minute, counted.environment, counted.count"
        " FROM store_issue AS issue JOIN store_issueminute AS counted ON counted.issue_id = issue.id"
        " WHERE issue.project_id = %s AND counted.minute BETWEEN %s AND %s",
        [project_id, first, last],
    )


def begins_within(project_id: int, first: int, last: int, most: int) -> int:
    """The hour's first minute from which on a project had at most so many events; `first` where it had no more."""
    found = rows(
        "SELECT counted.minute / 60 AS hour, sum(counted.count)"
        " FROM store_issue AS issue JOIN store_issueminute AS counted ON counted.issue_id = issue.id"
        " WHERE issue.project_id = %s AND counted.minute BETWEEN %s AND %s GROUP BY hour ORDER BY hour DESC",
        [project_id, first, last],
    )
    events = 0
    for hour, count in found:
        events += int(count)
        if events > most:
            return min((int(hour) + 1) * 60, last)
    return first


def totals(project_id: int, first: int) -> dict[int, int]:
    """How many events each issue had from a minute on."""
    found = rows(
        "SELECT counted.issue_id, sum(counted.count)"
        " FROM store_issue AS issue JOIN store_issueminute AS counted ON counted.issue_id = issue.id"
        " WHERE issue.project_id = %s AND counted.minute >= %s GROUP BY counted.issue_id",
        [project_id, first],
    )
    return {issue: int(count) for issue, count in found}


def users(project_id: int, first: int, last: int) -> list[tuple[int, int, str, str, int]]:
    """(issue, second, environment, member, count) of the users that were counted in a range of seconds."""
    return rows(
        "SELECT counted.issue_id, counted.second, counted.environment, counted.member, counted.count"
        " FROM store_counted AS counted JOIN store_issue AS issue ON issue.id = counted.issue_id"
        " WHERE counted.series = 'users' AND counted.second BETWEEN %s AND %s AND issue.project_id = %s",
        [first, last, project_id],
    )


def sessions(project_id: int, first: int, last: int) -> list[tuple[int, str, str, int]]:
    """(minute, environment, release, count) of the sessions from a minute to a minute, both included."""
    found = SessionMinute.objects.filter(project_id=project_id, minute__gte=first, minute__lte=last)
    return list(found.values_list("minute", "environment", "release", "count"))


def releases(project_id: int) -> list[tuple[str, str, datetime]]:
    """(environment, version, when first seen there), in that order."""
    found = ReleaseEnvironment.objects.filter(project_id=project_id).order_by("first_seen", "pk")
    return list(found.values_list("environment", "version", "first_seen"))

"""Issues as pages and the API show them: the stream, one issue, its timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from tocsin.core.issue import Status, Substatus, short_id
from tocsin.core.search import Search
from tocsin.store.db import rows
from tocsin.store.models import Activity, Issue
from tocsin.store.queries.issue_search import Asker, is_along_an_index, matching

PER_PAGE = 50
COUNT_UP_TO = 1000  # counting all of 100,000 would cost more than the page itself
HOURS = 24
SORTS = {
    "date": "last_seen",
    "new": "first_seen",
    "freq": "times_seen",
    "user": "users_seen",
    "priority": "priority",
}


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One issue of the stream, as plain values. `hourly` is events an hour over the last 24, oldest first."""

    id: int
    short_id: str
    project: str
    title: str
    culprit: str
    level: str
    status: Status
    substatus: Substatus
    first_seen: datetime
    last_seen: datetime
    times_seen: int
    users_seen: int
    assignee: str
    hourly: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """One page of issues; `newer` and `older` are cursors of the pages beside it, or empty.

    `matches` stops counting at 1,000.
    """

    issues: tuple[IssueRow, ...]
    newer: str
    older: str
    matches: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a sorted stream that stays where it is while new events move issues about it."""

    older: bool
    value: str
    id: int

    def __str__(self) -> str:
        return f"{'older' if self.older else 'newer'}~{self.value}~{self.id}"


def parse_cursor(text: str, sort: str) -> Cursor | None:
    """The cursor that an address holds, or None for none and for one that makes no sense."""
    way, _, rest = text.partition("~")
    value, _, number = rest.rpartition("~")
    try:
        _value(SORTS[sort], value)
        return Cursor(way == "older", value, int(number))
    except (ValueError, OverflowError):
        return None


def stream(  # noqa: PLR0913 — a page of a list is what, whose, in which order, from where
    organization_id: int,
    search: Search,
    *,
    person_id: int,
    now: datetime,
    sort: str = "date",
    cursor: Cursor | None = None,
    limit: int = PER_PAGE,
) -> Stream:
    """A page; the number of queries grows with the terms of the search alone."""
    by_scan = sort != "date" or not is_along_an_index(search)
    wanted = matching(search, Asker(organization_id, person_id, now, by_scan))
    found, newer, older = _slice(wanted, SORTS[sort], cursor, limit)
    hourly = hourly_counts([one.pk for one in found], now)
    return Stream(
        issues=tuple(_row(one, hourly) for one in found),
        newer=newer,
        older=older,
        # A first page that is not full has been counted by reading it; a search for words costs as much again.
        matches=wanted.values("pk")[:COUNT_UP_TO].count() if newer or older else len(found),
    )


def _slice(wanted: QuerySet[Issue], column: str, cursor: Cursor | None, limit: int) -> tuple[list[Issue], str, str]:
    """The page at a cursor, biggest first, with the cursors of its neighbours."""
    backwards = cursor is not None and not cursor.older
    if cursor is not None:
        wanted = wanted.filter(_beyond(column, cursor))
    order = (column, "pk") if backwards else (f"-{column}", "-pk")
    ids = list(wanted.order_by(*order).values_list("pk", flat=True)[: limit + 1])
    more, found = len(ids) > limit, _whole(ids[:limit])
    if backwards:
        found.reverse()
    has_newer = more if backwards else cursor is not None
    has_older = True if backwards else more
    return (
        found,
        str(_at(found[0], column, older=False)) if found and has_newer else "",
        str(_at(found[-1], column, older=True)) if found and has_older else "",
    )


def _whole(ids: Sequence[int]) -> list[Issue]:
    """The issues with project and assignee, in the order of their ids."""
    found = Issue.objects.select_related("project", "assignee_user", "assignee_team").in_bulk(ids)
    return [found[one] for one in ids if one in found]


def _at(issue: Issue, column: str, *, older: bool) -> Cursor:
    value = getattr(issue, column)
    return Cursor(older, value.isoformat() if isinstance(value, datetime) else str(value), issue.pk)


def _beyond(column: str, cursor: Cursor) -> Q:
    value = _value(column, cursor.value)
    side = "lt" if cursor.older else "gt"
    # The first half looks redundant and is what lets the index be used: an OR alone is a scan.
    return Q(**{f"{column}__{side}e": value}) & (
        Q(**{f"{column}__{side}": value}) | Q(**{column: value, f"pk__{side}": cursor.id})
    )


def _value(column: str, text: str) -> datetime | int:
    return datetime.fromisoformat(text).astimezone(UTC) if column in ("last_seen", "first_seen") else int(text)


def hourly_counts(issue_ids: Sequence[int], now: datetime) -> dict[int, tuple[int, ...]]:
    """Events an hour over the last 24 hours, oldest first, of many issues in one query."""
    start = int(now.timestamp()) // 60 - HOURS * 60 + 1
    counts = {issue_id: [0] * HOURS for issue_id in issue_ids}
    if issue_ids:
        for issue_id, hour, count in rows(
            _HOURLY.format(", ".join(["%s"] * len(issue_ids))), [start, *issue_ids, start]
        ):
            if hour < HOURS:
                counts[issue_id][int(hour)] = int(count)
    return {issue_id: tuple(hours) for issue_id, hours in counts.items()}


_HOURLY = """
SELECT issue_id, (minute - %s) / 60 AS hour, SUM(count)
FROM store_issueminute WHERE issue_id IN ({}) AND minute >= %s GROUP BY 1, 2
"""


def _row(issue: Issue, hourly: dict[int, tuple[int, ...]]) -> IssueRow:
    return IssueRow(
        id=issue.pk,
        short_id=short_id(issue.project.slug, issue.number),
        project=issue.project.slug,
        title=issue.title,
        culprit=issue.culprit,
        level=issue.level,
        status=Status(issue.status),
        substatus=Substatus(issue.substatus),
        first_seen=issue.first_seen,
        last_seen=issue.last_seen,
        times_seen=issue.times_seen,
        users_seen=issue.users_seen,
        assignee=assignee_of(issue),
        hourly=hourly[issue.pk],
    )


def assignee_of(issue: Issue) -> str:
    """Who has it: a person's name, #team, or nobody."""
    if issue.assignee_user:
        return issue.assignee_user.display_name
    return f"#{issue.assignee_team.slug}" if issue.assignee_team else ""


def one(organization_id: int, issue_id: int) -> Issue | None:
    """An issue with its project and assignee, if it is this organization's."""
    found = Issue.objects.select_related("project", "assignee_user", "assignee_team")
    return found.filter(pk=issue_id, project__organization_id=organization_id).first()


def activities(issue_id: int, latest: int = 50) -> list[Activity]:
    """What happened to an issue, latest first."""
    found = Activity.objects.filter(issue_id=issue_id).select_related("user")
    return list(found.order_by("-date_added", "-pk")[:latest])


def daily_counts(issue_id: int, now: datetime, days: int = 30) -> tuple[int, ...]:
    """Events a day over the last days, oldest first."""
    start = int((now - timedelta(days=days)).timestamp()) // 60 + 1
    counts = [0] * days
    for day, count in rows(_DAILY, [start, issue_id, start]):
        if day < days:
            counts[int(day)] = int(count)
    return tuple(counts)


_DAILY = """
SELECT (minute - %s) / 1440 AS day, SUM(count) FROM store_issueminute
WHERE issue_id = %s AND minute >= %s GROUP BY 1
"""

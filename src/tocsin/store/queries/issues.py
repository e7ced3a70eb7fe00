"""Issues as pages and the API show them: the stream, one issue, its timeline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.sql.datastructures import BaseTable

from tocsin.core.issue import Status, Substatus, short_id
from tocsin.core.search import Search
from tocsin.store.db import rows
from tocsin.store.models import Activity, Issue
from tocsin.store.queries import tag_search
from tocsin.store.queries.issue_search import Asker, is_along_an_index, matching
from tocsin.store.queries.like import Sorted
from tocsin.store.queries.tag_search import look_up

PER_PAGE = 50
MOST_OF_A_CURSOR = 100  # characters
COUNT_UP_TO = 500  # counting all of 100,000 would cost more than the page itself
LOOKED_THROUGH = 1_000  # issues, before all are
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
class Matches:
    """How many issues a search finds, or how many at least: counting all would cost more than the page itself."""

    number: int
    or_more: bool

    def __str__(self) -> str:
        return f"{self.number}{'+' if self.or_more else ''}"


@dataclass(frozen=True, slots=True)
class Stream:
    """One page of issues; `newer` and `older` are cursors of the pages beside it, or empty."""

    issues: tuple[IssueRow, ...]
    newer: str
    older: str
    matches: Matches


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a sorted stream that stays where it is while new events move issues about it.

    What the first page counted goes with it: counting again would cost as much as the page.
    """

    older: bool
    value: str
    id: int
    matches: Matches

    def __str__(self) -> str:
        return f"{'older' if self.older else 'newer'}~{self.value}~{self.id}~{self.matches}"


def parse_cursor(text: str, sort: str) -> Cursor | None:
    """The cursor that an address holds, or None for none and for one that makes no sense."""
    way, _, rest = text[:MOST_OF_A_CURSOR].partition("~")
    value, number, matches = [*rest.rsplit("~", 2), "", ""][:3]
    try:
        _value(SORTS[sort], value)
        counted = Matches(int(matches.removesuffix("+")), matches.endswith("+"))
        return Cursor(way == "older", value, int(number), counted)
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
    asker = Asker(organization_id, person_id, now, tags=look_up(search, organization_id))
    order = _Order(SORTS[sort], cursor)
    ids, counted = _ids(search, asker, order, limit + 1)
    matches = cursor.matches if cursor else counted
    found = _whole(ids[:limit])
    if order.is_backwards:
        found.reverse()
    hourly = hourly_counts([one.pk for one in found], now)
    newer, older = _neighbours(found, order, matches, more=len(ids) > limit)
    return Stream(tuple(_row(one, hourly) for one in found), newer, older, matches)


@dataclass(frozen=True, slots=True)
class _Order:
    """Biggest first from a cursor on, or, towards what is newer, smallest first."""

    column: str
    cursor: Cursor | None

    @property
    def is_backwards(self) -> bool:
        return self.cursor is not None and not self.cursor.older

    def sort(self, wanted: QuerySet[Issue], *, by_scan: bool) -> QuerySet[Issue]:
        column = "sorted" if by_scan else self.column
        wanted = wanted.alias(sorted=Sorted(self.column)) if by_scan else wanted
        way = "" if self.is_backwards else "-"
        return wanted.filter(self._beyond(column)).order_by(f"{way}{column}", f"{way}pk")

    def _beyond(self, column: str) -> Q:
        if self.cursor is None:
            return Q()
        value, side = _value(self.column, self.cursor.value), "lt" if self.cursor.older else "gt"
        # The first half looks redundant and is what lets the index be used: an OR alone is a scan.
        return Q(**{f"{column}__{side}e": value}) & (
            Q(**{f"{column}__{side}": value}) | Q(**{column: value, f"pk__{side}": self.cursor.id})
        )


def _ids(search: Search, asker: Asker, order: _Order, enough: int) -> tuple[list[int], Matches]:
    """The first issues of an order, up to `enough` of them, and how many the search finds from the cursor on.

    Nearly always enough are among the first that there are, which an index gives. Else all are read as they lie:
    the rarest tag is made a set of issues, and these are looked at for tags that many had.
    """
    asker = replace(asker, by_scan=_is_scanned(search, order))
    rarest = tag_search.rarest(search, asker.tags)
    if asker.by_scan and (rarest is None or tag_search.issues_of(rarest, asker.tags) >= LOOKED_THROUGH):
        found = _among_the_first(search, asker, order)
        if len(found) >= enough:
            return found[:enough], Matches(len(found), or_more=True)
    spared = {(rarest.key, value) for value in rarest.values} if rarest else asker.tags.keys()
    asker = replace(asker, probed={one for one in asker.tags if asker.tags[one].is_common} - spared)
    wanted = order.sort(matching(search, asker), by_scan=asker.by_scan)
    # A first page is read on until its matches are counted: to count them apart would take as long again.
    found = list(wanted.values_list("pk", flat=True)[: enough if order.cursor else COUNT_UP_TO])
    return found[:enough], Matches(len(found), len(found) == COUNT_UP_TO)


def _among_the_first(search: Search, asker: Asker, order: _Order) -> list[int]:
    """Those that the search finds of the first issues, whoever's they are."""
    first = order.sort(Issue.objects.all(), by_scan=False)[:LOOKED_THROUGH]
    wanted = order.sort(matching(search, replace(asker, probed=asker.tags)), by_scan=False)
    # `id IN (the first)` would be read from the whole table again; so they stand in its place.
    table = wanted.query.get_initial_alias()
    wanted.query.alias_map[table] = BaseTable("first", table)
    first_sql, values = first.query.sql_with_params()
    sql, more = wanted.values("id")[:COUNT_UP_TO].query.sql_with_params()
    return [found for (found,) in rows(f"WITH first AS ({first_sql}) {sql}", (*values, *more))]


def _is_scanned(search: Search, order: _Order) -> bool:
    return order.column != "last_seen" or not is_along_an_index(search)


def _neighbours(found: Sequence[Issue], order: _Order, matches: Matches, *, more: bool) -> tuple[str, str]:
    """The cursors of the pages beside one, or empty."""
    if not found:
        return "", ""
    has_newer = more if order.is_backwards else order.cursor is not None
    has_older = True if order.is_backwards else more
    return (
        str(_at(found[0], order.column, matches, older=False)) if has_newer else "",
        str(_at(found[-1], order.column, matches, older=True)) if has_older else "",
    )


def _whole(ids: Sequence[int]) -> list[Issue]:
    """The issues with project and assignee, in the order of their ids."""
    found = Issue.objects.select_related("project", "assignee_user", "assignee_team").in_bulk(ids)
    return [found[one] for one in ids if one in found]


def _at(issue: Issue, column: str, matches: Matches, *, older: bool) -> Cursor:
    value = getattr(issue, column)
    return Cursor(older, value.isoformat() if isinstance(value, datetime) else str(value), issue.pk, matches)


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

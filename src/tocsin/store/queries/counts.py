"""What alert rules count, read for a whole batch at once: each function is one statement."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tocsin.core.environments import EVERYWHERE, Environments
from tocsin.store.db import aware, moment, rows, values

# SQLite takes 32,766 values in a statement.
AT_ONCE = 4_000


class Wanted(NamedTuple):
    """One sum: of an issue, from a first to a last minute or second, in some environments."""

    issue_id: int
    first: int
    last: int
    where: Environments
    series: str = ""
    member: str = ""


_IN_PLACE = (
    "(wanted.place = 0 OR ((wanted.named = 0 OR EXISTS (SELECT 1 FROM place WHERE place.id = wanted.place"
    " AND place.watched = 1 AND place.name = counted.environment)) AND NOT EXISTS (SELECT 1 FROM place"
    " WHERE place.id = wanted.place AND place.watched = 0 AND place.name = counted.environment)))"
)


def events(wanted: Sequence[Wanted]) -> list[int]:
    """How many events there were in each range of minutes, in the order asked."""
    sql = (
        "SELECT wanted.number, sum(counted.count) FROM wanted JOIN store_issueminute AS counted"  # noqa: S608 — constants only
        " ON counted.issue_id = wanted.issue_id AND counted.minute BETWEEN wanted.first AND wanted.last"
        f" WHERE {_IN_PLACE} GROUP BY wanted.number"
    )
    return _each(wanted, sql)


def seconds(wanted: Sequence[Wanted]) -> list[int]:
    """How often the member of the series was counted in each range of seconds."""
    return _each(wanted, _COUNTED.format("sum(counted.count)", "AND counted.member = wanted.member"))


def members(wanted: Sequence[Wanted]) -> list[int]:
    """How many different members the series had in each range of seconds."""
    return _each(wanted, _COUNTED.format("count(DISTINCT counted.member)", ""))


_COUNTED = (
    "SELECT wanted.number, {} FROM wanted JOIN store_counted AS counted"  # noqa: S608 — constants only
    " ON counted.issue_id = wanted.issue_id AND counted.series = wanted.series"
    " AND counted.second BETWEEN wanted.first AND wanted.last {}"
    f" WHERE {_IN_PLACE} GROUP BY wanted.number"
)


def _each(wanted: Sequence[Wanted], sql: str) -> list[int]:
    found = [0] * len(wanted)
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        places: dict[Environments, int] = {EVERYWHERE: 0}
        flat: list[Any] = []
        for number, one in enumerate(part, start):
            place = places.setdefault(one.where, len(places))
            flat += (number, one.issue_id, one.first, one.last, place, int(bool(one.where.only)))
            flat += (one.series, one.member)
        names = list(_names(places))
        with_wanted = (
            "WITH wanted(number, issue_id, first, last, place, named, series, member)"
            f" AS (VALUES {values(8, len(part))}), place(id, watched, name) AS (VALUES {values(3, len(names))}) "
        )
        for number, count in rows(with_wanted + sql, [*flat, *(column for name in names for column in name)]):
            found[number] = int(count)
    return found


def _names(places: dict[Environments, int]) -> Iterable[tuple[int, int, str]]:
    yield 0, 0, ""
    for where, number in places.items():
        yield from ((number, 1, name) for name in where.only)
        yield from ((number, 0, name) for name in where.never)


def last_seconds(
    issue_ids: Collection[int], members: Collection[str], since: int
) -> list[tuple[int, str, str, str, int]]:
    """(issue, series, member, environment, second): when each user was last counted, from a second on."""
    if not issue_ids or not members:
        return []
    return rows(
        "SELECT issue_id, series, member, environment, max(second) FROM store_counted"  # noqa: S608 — placeholders
        f" WHERE issue_id IN {values(len(issue_ids), 1)} AND series LIKE 'users%%' AND second >= %s"
        f" AND member IN {values(len(members), 1)} GROUP BY issue_id, series, member, environment",
        [*issue_ids, since, *members],
    )


def sessions(project_ids: Collection[int], first: int) -> list[tuple[int, int, str, int]]:
    """(project, minute, environment, count) of the sessions since a minute."""
    return rows(
        "SELECT project_id, minute, environment, sum(count) FROM store_sessionminute"  # noqa: S608 — placeholders
        f" WHERE project_id IN {values(len(project_ids), 1)} AND minute >= %s"
        " GROUP BY project_id, minute, environment",
        [*project_ids, first],
    )


def sessions_by_release(project_ids: Collection[int], first: int) -> list[tuple[int, str, str, int]]:
    """(project, environment, release, count) of the sessions since a minute."""
    return rows(
        "SELECT project_id, environment, release, sum(count) FROM store_sessionminute"  # noqa: S608 — placeholders
        f" WHERE project_id IN {values(len(project_ids), 1)} AND minute >= %s"
        " GROUP BY project_id, environment, release",
        [*project_ids, first],
    )


def releases(
    project_ids: Collection[int], versions: Collection[str], since: datetime
) -> list[tuple[int, str, str, datetime]]:
    """(project, environment, version, first seen): each environment's newest before a moment, all after it, and
    those of the versions given."""
    named = f"version IN {values(len(versions), 1)} OR" if versions else ""
    found = rows(
        "SELECT project_id, environment, version, first_seen FROM store_releaseenvironment AS known"  # noqa: S608
        f" WHERE project_id IN {values(len(project_ids), 1)} AND ({named} first_seen >="
        " coalesce((SELECT max(first_seen) FROM store_releaseenvironment AS older"
        " WHERE older.project_id = known.project_id AND older.environment = known.environment"
        " AND older.first_seen <= %s), %s)) ORDER BY first_seen, id",
        [*project_ids, *versions, moment(since), moment(since)],
    )
    return [(project, environment, version, aware(at)) for project, environment, version, at in found]


def seen_in(issue_ids: Collection[int]) -> list[tuple[int, str, datetime]]:
    """(issue, environment, since when) of each environment that the issues were seen in."""
    found = rows(
        "SELECT issue_id, environment, first_seen FROM store_issueenvironment"  # noqa: S608 — placeholders
        f" WHERE issue_id IN {values(len(issue_ids), 1)}",
        [*issue_ids],
    )
    return [(issue, environment, aware(at)) for issue, environment, at in found]

"""Past: what is stored of a project's last days, in the order in which it came.

A sample of the events is kept, and each is counted by its minute. Whatever was counted and not kept has a stand-in
in its minute, spread evenly, that looks like the event of the issue kept last before it. The users of issues are
counted by themselves where a rule asks for them; stand-ins take those.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from tocsin.core.backtest import COUNTED
from tocsin.core.event import Event
from tocsin.core.facts import MATCHING_USERS, USERS
from tocsin.core.issue import Happening, Priority, Status, short_id
from tocsin.core.past import NOTHING, Came, Changed, Moment, PastIssue, PastPlaces
from tocsin.core.places import ADOPTED_WITHIN
from tocsin.core.releases import Known
from tocsin.core.rule import Rule
from tocsin.pipeline.remembered import remembered
from tocsin.store.models import Issue
from tocsin.store.queries import past as queries
from tocsin.store.queries.past import KeptRow
from tocsin.store.queries.projects import ProjectFacts

BLOCK = timedelta(hours=12)  # read at once

STATUSES = {
    Happening.RESOLVED: Status.RESOLVED,
    Happening.RESOLVED_BY_AGE: Status.RESOLVED,
    Happening.RESOLVED_IN_RELEASE: Status.RESOLVED,
    Happening.RESOLVED_IN_COMMIT: Status.RESOLVED,
    Happening.RESOLVED_IN_PULL_REQUEST: Status.RESOLVED,
    Happening.UNRESOLVED: Status.UNRESOLVED,
    Happening.IGNORED: Status.IGNORED,
    Happening.ESCALATING: Status.UNRESOLVED,
    Happening.REGRESSION: Status.UNRESOLVED,
}
# What an event brought with it, by the name of the fact.
BROUGHT = {
    Happening.FIRST_SEEN: "is_new",
    Happening.REGRESSION: "is_regression",
    Happening.ESCALATING: "has_escalated",
}
_Place = tuple[int, int, str]  # an issue, a minute, an environment


@dataclass(slots=True)
class Past:
    """The last days of a project. `kept` and `counted` say how many events of them are known whole, and in all."""

    issues: dict[int, PastIssue]
    places: PastPlaces
    moments: Iterator[Moment]
    kept: int = 0
    counted: int = 0


@dataclass(slots=True)
class _Reading:
    """What moments are made from."""

    project_id: int
    since: datetime
    until: datetime
    issues: dict[int, PastIssue]
    brought: Mapping[str, frozenset[str]]
    kept: Counter[_Place]
    has_users: bool
    latest: dict[tuple[int, str], Event] = field(default_factory=dict)


def reach_of(rules: Sequence[Rule]) -> timedelta:
    """How far back the rules count."""
    needs = (need for rule in rules for need in rule.needs if need.name in COUNTED)
    return timedelta(seconds=max((need.window + need.before for need in needs), default=0))


def load(
    project: ProjectFacts,
    rules: Sequence[Rule],
    begins: datetime,
    ends: datetime,
    progress: Callable[[float], None],
) -> Past:
    """All that the rules can be played through from `begins` on, with what they count before."""
    since = begins - reach_of(rules)
    activities = queries.activities(project.id, [one.value for one in Happening], ends)
    ids = queries.kept_ids(project.id, since, ends)
    issues = _issues(project, since, activities, ids)
    kept = Counter((issue, int(at.timestamp()) // 60, name) for _, issue, at, name in ids)
    has_users = any(need.name in (USERS, MATCHING_USERS) for rule in rules for need in rule.needs)
    reading = _Reading(project.id, since, ends, issues, _brought(activities), kept, has_users)
    for row in queries.kept_before(project.id, since):
        event = reading.latest[row.issue_id, row.environment] = remembered(row)
        if row.issue_id in issues:
            issues[row.issue_id].keep(event)
    changes = list(_changes(activities, {one[0] for one in ids}, rules, reading))
    moments = heapq.merge(_events(reading, progress), changes, key=_at)
    first, last = int(begins.timestamp()) // 60, int(ends.timestamp()) // 60
    places = PastPlaces(
        queries.sessions(project.id, first - ADOPTED_WITHIN // timedelta(minutes=1), last),
        [(name, Known(version, at)) for name, version, at in queries.releases(project.id)],
    )
    whole = sum(count for (_, minute, _), count in kept.items() if first <= minute <= last)
    counted = sum(queries.totals(project.id, first).values())
    return Past(issues, places, moments, whole, max(whole, counted))


def _at(moment: Moment) -> datetime:
    return moment.at


_Activity = tuple[int, str, Any, datetime]


def _issues(
    project: ProjectFacts,
    since: datetime,
    activities: Sequence[_Activity],
    ids: Sequence[tuple[str, int, datetime, str]],
) -> dict[int, PastIssue]:
    """The issues as they stood at the beginning."""
    minute = int(since.timestamp()) // 60
    gained = Counter(queries.totals(project.id, minute))
    gained.update(issue for _, issue, at, _ in ids if int(at.timestamp()) // 60 < minute)
    changed = {(issue, name) for issue, type_, data, _ in activities for name in _columns(type_, data)}
    found = {
        one.pk: _issue(one, project.slug, gained[one.pk], changed) for one in queries.issues(project.id, since)
    }
    for issue, type_, data, at in activities:
        if at < since and issue in found:
            found[issue].change(Changed(at, issue, _columns(type_, data)))
    for issue, name in queries.environments(project.id, since):
        if issue in found:
            found[issue].seen_in.add(name)
    return found


def _issue(row: Issue, slug: str, gained: int, changed: set[tuple[int, str]]) -> PastIssue:
    """What was never changed is as it is today."""
    before = max(0, row.times_seen - gained)
    one = PastIssue(
        row.pk,
        row.project_id,
        short_id(slug, row.number),
        row.title,
        row.culprit,
        row.level,
        Priority(row.priority),
        row.first_seen if before else None,
        times_seen=before,
        users_seen=row.users_seen,
    )
    if (row.pk, "status") not in changed:
        one.status = Status(row.status)
    if (row.pk, "assignee_user_id") not in changed:
        one.assignee_user_id, one.assignee_team_id = row.assignee_user_id, row.assignee_team_id
    return one


def _columns(type_: str, data: Any) -> dict[str, Any]:
    """What an activity changed of its issue."""
    happening = Happening(type_)
    given: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    if happening in STATUSES:
        return {"status": STATUSES[happening]}
    if happening in (Happening.ASSIGNED, Happening.UNASSIGNED):
        text = str(given.get("assignee", ""))
        number = int(text) if text.isascii() and text.isdigit() else None
        is_team = given.get("assigneeType") == "team"
        return {
            "assignee_user_id": None if is_team else number,
            "assignee_team_id": number if is_team else None,
        }
    if happening is Happening.PRIORITY and str(given.get("priority", "")).upper() in Priority.__members__:
        return {"priority": Priority[str(given["priority"]).upper()]}
    return {}


def _brought(activities: Sequence[_Activity]) -> dict[str, frozenset[str]]:
    """By event id, what became true with it."""
    found: dict[str, frozenset[str]] = {}
    for _, type_, data, _ in activities:
        if (name := BROUGHT.get(Happening(type_))) and (event_id := _event_id(data)):
            found[event_id] = found.get(event_id, NOTHING) | {name}
    return found


def _event_id(data: Any) -> str:
    return str(data.get("event_id", "")) if isinstance(data, Mapping) else ""


def _changes(
    activities: Sequence[_Activity], kept: set[str], rules: Sequence[Rule], reading: _Reading
) -> Iterator[Moment]:
    """What was done to issues; of what an event brought, only where that event was not kept."""
    are_heard = any(rule.hears_activities for rule in rules)
    for issue, type_, data, at in activities:
        if at < reading.since or issue not in reading.issues:
            continue
        event_id, brought = _event_id(data), BROUGHT.get(Happening(type_))
        if brought and event_id:
            if event_id not in kept:
                happened = frozenset({brought})
                yield Came(at, issue, _nameless(reading, issue, ""), 0, False, "", happened, counts=False)
        elif columns := _columns(type_, data):
            yield Changed(at, issue, columns, type_ if are_heard else "")
        elif are_heard:
            yield Changed(at, issue, {}, type_)


def _events(reading: _Reading, progress: Callable[[float], None]) -> Iterator[Moment]:
    """Kept events and stand-ins, in order, a block after the other."""
    begins, whole = reading.since, (reading.until - reading.since).total_seconds()
    while begins <= reading.until:
        ends = min(begins + BLOCK, reading.until + timedelta(microseconds=1))
        kept = queries.kept(reading.project_id, begins, ends)
        yield from heapq.merge(_kept(kept, reading), _stand_ins(reading, begins, ends), key=_at)
        progress(min(1.0, (ends - reading.since).total_seconds() / whole) if whole else 1.0)
        begins = ends


def _kept(rows: Sequence[KeptRow], reading: _Reading) -> Iterator[Came]:
    for row in rows:
        event = remembered(row)
        reading.latest[row.issue_id, row.environment] = event
        happened = reading.brought.get(row.event_id, NOTHING)
        yield Came(row.received, row.issue_id, event, int(row.timestamp.timestamp()), happened=happened)


def _stand_ins(reading: _Reading, begins: datetime, ends: datetime) -> Iterator[Came]:
    """What was counted in the minutes that begin in a block, and not kept."""
    first, last = -(-int(begins.timestamp()) // 60), (int(ends.timestamp()) - 1) // 60
    users = _users(reading, first, last)
    found: list[tuple[float, int, str, str]] = []
    for issue, minute, environment, count in queries.minutes(reading.project_id, first, last):
        missing = count - reading.kept[issue, minute, environment]
        if missing > 0 and issue in reading.issues:
            found += _spread(reading, (issue, minute, environment), missing, users)
    found.sort(key=itemgetter(0))
    for second, issue, environment, user in found:
        event = reading.latest.get((issue, environment)) or _nameless(reading, issue, environment)
        at = datetime.fromtimestamp(second, UTC)
        yield Came(at, issue, event, int(second), is_kept=False, user=user)


def _spread(
    reading: _Reading, place: _Place, missing: int, users: Mapping[_Place, list[tuple[int, str]]]
) -> Iterator[tuple[float, int, str, str]]:
    """Stand-ins of a minute: first those whose user was counted, at their second, then the others."""
    issue, minute, environment = place
    known = users.get(place, [])[:missing]
    yield from ((second, issue, environment, user) for second, user in known)
    opened = reading.issues[issue].first_seen
    begins = max(minute * 60.0, opened.timestamp() if opened else 0.0)
    ends = min(minute * 60 + 60.0, max(reading.until.timestamp(), begins))
    step = (ends - begins) / (missing + 1)
    for number in range(missing - len(known)):
        yield begins + (number + 1) * step, issue, environment, ""


def _users(reading: _Reading, first: int, last: int) -> dict[_Place, list[tuple[int, str]]]:
    """The users that were counted; the kept events' own are among them, and taken off by how many are kept."""
    found: dict[_Place, list[tuple[int, str]]] = defaultdict(list)
    if reading.has_users:
        for issue, second, name, user, count in queries.users(reading.project_id, first * 60, last * 60 + 59):
            found[issue, second // 60, name] += [(second, user)] * count
    return {place: sorted(one) for place, one in found.items()}


def _nameless(reading: _Reading, issue: int, environment: str) -> Event:
    """For an event of which nothing is kept: like another of the issue, else known by its issue alone."""
    known = (
        next((one for (other, _), one in reading.latest.items() if other == issue), None) if environment else None
    )
    about = reading.issues[issue]
    made = Event(
        "0" * 32,
        0.0,
        level=known.level if known else about.level,
        title=about.title,
        environment=environment or "production",
        release=known.release if known else "",
        tags=known.tags if known else (),
    )
    if environment:
        reading.latest[issue, environment] = made
    return made

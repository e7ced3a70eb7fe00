"""Digest: spooled bodies become events, issues, counts and happenings; then rules and routes, in one commit.

The number of statements does not grow with the batch. The spool's position is written in the same
transaction, so a crash anywhere repeats nothing and loses nothing.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import perf_counter

from tocsin.core import faults
from tocsin.core.event import anonymous
from tocsin.core.group import VERSION
from tocsin.core.issue import Happening, Status, Substatus, priority_of
from tocsin.core.resolution import regression_data
from tocsin.core.states import Standing, after_event, is_kept
from tocsin.engine.spool import Accepted
from tocsin.pipeline import clock, evaluate, journal, route, spans, tagging, tally
from tocsin.pipeline.appeared import appeared, joined
from tocsin.pipeline.awaken import awaken
from tocsin.pipeline.feedback import said_in
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.pipeline.owning import own
from tocsin.pipeline.reading import Arrived, Begun, Reading, Seen, read
from tocsin.pipeline.sample import kept
from tocsin.pipeline.suspect import suspects
from tocsin.store.db import one_at_a_time, one_transaction, retried
from tocsin.store.queries import issues_digest as issues
from tocsin.store.queries import projects, resolutions
from tocsin.store.queries.issues_digest import IssueRow
from tocsin.store.queries.projects import ProjectFacts
from tocsin.store.writes import counts as count_writes
from tocsin.store.writes import events as event_writes
from tocsin.store.writes import issues_digest as issue_writes
from tocsin.store.writes import resolutions as resolution_writes

DAY = 86_400
_Key = tuple[int, str]  # a project and a hash


@dataclass(frozen=True, slots=True)
class Digested:
    """What came of a batch."""

    position: int = 0
    events: int = 0
    repeats: int = 0
    rejected: int = 0
    opened: int = 0
    notifications: int = 0
    deliveries: int = 0

    @property
    def results(self) -> dict[str, int]:
        """What became of the events."""
        return {"new": self.events, "repeat": self.repeats, "rejected": self.rejected, "opened": self.opened}


@dataclass(slots=True)
class _Batch:
    """The batch as it is worked through, in memory, inside its transaction."""

    now: datetime
    projects: dict[int, ProjectFacts]
    rows: dict[int, IssueRow]
    seen: list[Seen] = field(default_factory=list)
    gained: Counter[int] = field(default_factory=Counter)
    opened: list[tuple[int, int, str, str, datetime]] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)


def digest(batch: Sequence[Accepted], spool: str, now: datetime) -> Digested:
    """All of a batch in one transaction. Bodies up to the spool's recorded position are skipped: they are done."""
    reading = read(batch)
    return _told(lambda: _digest_spooled(reading, batch, spool, now), now)


def digest_delivered(batch: Sequence[Accepted], now: datetime) -> Digested:
    """The same for bodies that a broker brought: it may bring them again, and each event id is taken once."""
    reading = read(batch)

    def once() -> Digested:
        with one_transaction():
            one_at_a_time(accepted.project_id for accepted in batch)
            bodies = {(one.project_id, _of_sessions(one.event_id)) for one in reading.begun}
            rejected = {(one.project_id, one.event_id) for one in reading.rejected}
            first = event_writes.take_ids(sorted(rejected | bodies), int(now.timestamp()) // DAY)
            fresh = [one for one in reading.rejected if (one.project_id, one.event_id) in first]
            begun = [one for one in reading.begun if (one.project_id, _of_sessions(one.event_id)) in first]
            digested = _digest(Reading(reading.arrived, fresh, begun, reading.spoken), 0, now)
            faults.point("digest.before_commit")
        return digested

    return _told(once, now)


def _of_sessions(event_id: str) -> str:
    """The id of a body's sessions, beside that of its event: no event id begins with an s."""
    return f"s{event_id[1:]}"


def _told(digest_batch: Callable[[], Digested], now: datetime) -> Digested:
    started = perf_counter()
    digested = retried(digest_batch)
    if any(digested.results.values()):
        milliseconds = (perf_counter() - started) * 1000
        journal.digested(digested.results, digested.notifications, digested.deliveries, milliseconds)
        spans.digested(digested.results, digested.notifications, digested.deliveries, now, milliseconds)
    return digested


def _digest_spooled(reading: Reading, batch: Sequence[Accepted], spool: str, now: datetime) -> Digested:
    with one_transaction():
        one_at_a_time(accepted.project_id for accepted in batch)
        done = event_writes.position_of(spool)
        if batch[-1].id <= done:
            return Digested(position=done)
        if batch[0].id <= done:
            reading = read([accepted for accepted in batch if accepted.id > done])
        digested = _digest(reading, batch[-1].id, now)
        event_writes.digested_up_to(spool, batch[-1].id)
        faults.point("digest.before_commit")
    return digested


def _digest(reading: Reading, position: int, now: datetime) -> Digested:
    arrived, known = _first_of_each(reading)
    event_writes.reject(reading.rejected)
    work, opened = _load(arrived, known, now)
    new = _release(work)
    _count(work, opened)
    resolution_writes.forget([one.issue_id for one in work.happened])
    _remember(work)
    work.happened += awaken(work.seen, now)
    issue_writes.update(list(work.rows.values()), work.gained)
    issue_writes.happened(work.opened)
    joined(new, now, but=work.rows)
    _count_sessions(reading.begun, known)
    suspects(work.seen, work.projects, now)
    fired = evaluate.evaluate(work.seen, work.projects, now)
    owners, inherited = own(work.seen, work.projects, now)
    routed = route.route(fired, work.projects, owners, now)
    alerted = {one.seen.issue.id for one in fired}
    # Who gets an issue by itself hears of it by its alert; without one, by the assignment.
    work.happened += [replace(one, quiet=one.issue_id in alerted) for one in inherited]
    work.happened += said_in(reading.spoken, work.seen, known, now)
    _keep(work, {one.seen.arrived.event.event_id for one in fired} | _told_of(work.happened))
    happen(work.happened, now)
    digested = Digested(
        position=position,
        events=len(arrived),
        repeats=len(reading.arrived) - len(arrived),
        rejected=len(reading.rejected),
        opened=len(opened),
        notifications=routed.notifications,
        deliveries=routed.deliveries,
    )
    tally.digested(digested.results, [one.received for one in arrived], clock.now())
    return digested


def _first_of_each(reading: Reading) -> tuple[list[Arrived], dict[int, ProjectFacts]]:
    """Each event once, of projects that (still) exist."""
    reporting = {one.project_id for one in reading.arrived} | {one.project_id for one in reading.begun}
    reporting |= {one.project_id for one in reading.spoken}
    known = projects.by_id(reporting)
    mine = [one for one in reading.arrived if one.project_id in known]
    taken = event_writes.taken([(one.project_id, one.event.event_id) for one in mine])
    first: list[Arrived] = []
    for one in mine:
        key = (one.project_id, one.event.event_id)
        if key not in taken:
            taken.add(key)
            first.append(one)
    return first, known


def _load(arrived: list[Arrived], known: dict[int, ProjectFacts], now: datetime) -> tuple[_Batch, set[int]]:
    """The issues that the batch belongs to, the new ones opened; each event beside its issue."""
    hashes = {hash_ for one in arrived for hash_ in one.grouping.hashes}
    led = issues.by_hash({one.project_id for one in arrived}, hashes) if arrived else {}
    openers: dict[_Key, Arrived] = {}
    fresh: dict[_Key, int | _Key] = {}
    leads = [_lead(one, led, fresh, openers) for one in arrived]
    opened = _open(openers)
    issue_writes.lead_to([(*key, VERSION, _issue(lead, opened)) for key, lead in fresh.items() if key not in led])
    ids = [_issue(lead, opened) for lead in leads]
    work = _Batch(now, known, issues.by_id(set(ids)) if ids else {})
    work.seen = [Seen(one, work.rows[issue]) for one, issue in zip(arrived, ids, strict=True)]
    return work, set(opened.values())


def _lead(
    one: Arrived, led: dict[_Key, int], fresh: dict[_Key, int | _Key], openers: dict[_Key, Arrived]
) -> int | _Key:
    """The issue that an event belongs to, or the first hash of the event that opens it.

    Any of an event's hashes that is known leads to its issue, the preferred one first; from then on they all
    lead there (`fresh`), for the rest of the batch too.
    """
    keys = [(one.project_id, hash_) for hash_ in one.grouping.hashes]
    lead = next((found for key in keys if (found := led.get(key) or fresh.get(key))), None)
    if lead is None:
        lead = keys[0]
        openers[lead] = one
    for key in keys:
        fresh.setdefault(key, lead)
    return lead


def _issue(lead: int | _Key, opened: dict[_Key, int]) -> int:
    return lead if isinstance(lead, int) else opened[lead]


def _open(openers: dict[tuple[int, str], Arrived]) -> dict[tuple[int, str], int]:
    """New issues, numbered per project in the order of their first events."""
    wanted = Counter(project for project, _ in openers)
    last = issue_writes.allot_numbers(wanted)
    next_number = {project: last[project] - count + 1 for project, count in wanted.items()}
    rows, numbers = [], {}
    for key, one in openers.items():
        number = next_number[one.project_id]
        next_number[one.project_id] += 1
        numbers[key] = (one.project_id, number)
        seen = datetime.fromtimestamp(one.event.timestamp, UTC)
        priority = int(priority_of(one.event.level))
        rows.append(issue_writes.new_issue(number, one.project_id, one.event, priority, seen))
    ids = issue_writes.open_issues(rows)
    return {key: ids[place] for key, place in numbers.items()}


def _release(work: _Batch) -> list[tuple[int, str]]:
    """Versions that are new, before their events count: one may be where their issues are fixed."""
    seen = {(one.issue.project_id, one.arrived.event.release) for one in work.seen if one.arrived.event.release}
    new = event_writes.remember_releases(seen, work.now)
    appeared(new, work.now)
    return new


def _count(work: _Batch, opened: set[int]) -> None:
    """Each event counted on its issue, in order, with what became true as it was."""
    environments = {(one.issue.id, one.arrived.event.environment) for one in work.seen}
    new_environments = issue_writes.saw_environments(sorted(environments), work.now)
    fixes = _fixes(work)
    unopened = set(opened)
    for one in work.seen:
        issue, event = one.issue, one.arrived.event
        one.is_new = issue.id in unopened
        unopened.discard(issue.id)
        place = (issue.id, event.environment)
        one.is_new_environment = place in new_environments
        new_environments.discard(place)
        _apply(work, one, fixes)
        issue.times_seen += 1
        one.times_seen = issue.times_seen
        work.gained[issue.id] += 1


def _fixes(work: _Batch) -> resolutions.Fixes:
    """Where the batch's resolved issues are fixed; asks nothing where there are none."""
    resolved = [one for one in work.seen if one.issue.status == Status.RESOLVED]
    projects = {one.issue.id: one.issue.project_id for one in resolved}
    return resolutions.fixes(
        projects, {(one.issue.project_id, one.arrived.event.release) for one in resolved}, work.now
    )


def _apply(work: _Batch, one: Seen, fixes: resolutions.Fixes) -> None:
    issue, event, received = one.issue, one.arrived.event, one.arrived.received
    fixed = fixes.of(issue.id)
    standing = Standing(Status(issue.status), Substatus(issue.substatus), issue.resolved_at, fixed)
    after, happening = after_event(standing, received, fixes.release(issue.project_id, event.release))
    if happening is Happening.REGRESSION:
        one.is_regression = True
        issue.status, issue.substatus = int(after.status), int(after.substatus)
        issue.resolved_at, issue.active_at = None, received
        came = regression_data(fixed, event.event_id, event.release)
        work.happened.append(Happened(issue.project_id, issue.id, happening, data=came))
    if one.is_new:
        data = json.dumps({"event_id": event.event_id})
        work.opened.append((issue.project_id, issue.id, Happening.FIRST_SEEN.value, data, received))
    one.status, one.substatus = issue.status, issue.substatus
    seen = datetime.fromtimestamp(event.timestamp, UTC)
    issue.first_seen = min(issue.first_seen, seen)
    if seen >= issue.last_seen:
        issue.last_seen = seen
        if not event.title.startswith("<unlabeled"):
            issue.title, issue.culprit = event.title[:255], event.culprit[:200]
        issue.level = event.level
        issue.last_release = event.release or issue.last_release


def _remember(work: _Batch) -> None:
    """Ids, counts, users, environments, releases and tags, each in one statement."""
    now = work.now
    event_writes.take(
        [(one.issue.project_id, one.arrived.event.event_id, one.issue.id) for one in work.seen],
        int(now.timestamp()) // DAY,
    )
    users = {
        (one.issue.id, anonymous(one.arrived.event.user.identity))
        for one in work.seen
        if one.arrived.event.user and one.arrived.event.user.identity
    }
    for issue_id in issue_writes.saw_users(sorted(users), now):
        work.rows[issue_id].users_seen += 1
    issue_writes.count_minutes(
        Counter(
            (one.issue.id, int(one.arrived.event.timestamp) // 60, one.arrived.event.environment)
            for one in work.seen
        )
    )
    events = [(one.issue.project_id, one.arrived.event) for one in work.seen]
    event_writes.first_events({one for one, _ in events if not work.projects[one].has_events}, now)
    event_writes.remember_environments({(project, event.environment) for project, event in events}, now)
    _remember_releases(work)
    tags = ((one.issue.id, one.issue.project_id, one.arrived.event.tags) for one in work.seen)
    tagging.remember(tags, {one.issue.id for one in work.seen if one.is_new})


def _remember_releases(work: _Batch) -> None:
    """Which releases each environment runs, and since when."""
    first: dict[tuple[int, str, str], datetime] = {}
    for one in work.seen:
        if one.arrived.event.release:
            key = (one.issue.project_id, one.arrived.event.environment, one.arrived.event.release)
            first.setdefault(key, one.arrived.received)
    count_writes.saw_releases((*key, at) for key, at in first.items())


def _count_sessions(begun: Sequence[Begun], known: dict[int, ProjectFacts]) -> None:
    counts: Counter[tuple[int, int, str, str]] = Counter()
    releases: dict[tuple[int, str, str], datetime] = {}
    for one in begun:
        if one.project_id in known:
            minute, environment, release, count = one.sessions
            counts[one.project_id, minute, environment, release] += count
            if release:
                releases.setdefault(
                    (one.project_id, environment, release), datetime.fromtimestamp(minute * 60, UTC)
                )
    count_writes.count_sessions(counts)
    count_writes.saw_releases((*key, at) for key, at in releases.items())


def _told_of(happened: Sequence[Happened]) -> set[str]:
    return {str(one.data["event_id"]) for one in happened if "event_id" in one.data}


def _keep(work: _Batch, spoken_of: set[str]) -> None:
    """A sample of the events, and always those that an alert or a timeline speaks of."""
    event_writes.keep(
        [kept(one) for one in work.seen if is_kept(one.times_seen) or one.arrived.event.event_id in spoken_of]
    )

"""Backtest: what a rule, as it is drafted, would have done in the last days; beside the rule as it is stored.

Nothing is written and nobody is told. Who would hear is asked of the organization as it is today.
"""

import threading
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.core.backtest import Backtest, Course, WouldFire
from tocsin.core.facts import ADOPTED_RELEASES, SESSIONS
from tocsin.core.people import Directory
from tocsin.core.periods import HOUR
from tocsin.core.plan import Reaches, Routed, Services
from tocsin.core.route import route
from tocsin.core.rule import Rule, compile_rule
from tocsin.core.rule_check import Refusal, check
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.owning import Owners
from tocsin.pipeline.past import Past, load
from tocsin.pipeline.reach import services_of
from tocsin.pipeline.retention import SESSIONS_KEPT
from tocsin.store.models import Project
from tocsin.store.queries import directory, issues_digest, ownership, projects, rules_api, rules_home, unsubscribe
from tocsin.store.queries import past as queries
from tocsin.store.queries.issues_digest import IssueRow
from tocsin.store.queries.owners import suspects as suspects_of
from tocsin.store.queries.projects import ProjectFacts
from tocsin.store.writes.rules import Home

DAYS = 14
MOST_DAYS = 30
MOST_EVENTS = 100_000  # some 5 s: a page waits for them
MOST_FIRINGS = 500  # told one by one, the latest; all are counted

NOBODY = {"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners", "fallthroughType": "NoOne"}
UNNAMED = {"name": "Draft", "actions": [NOBODY]}

Progress = Callable[[float], None]

# One at a time: it computes for seconds, in the process that also takes events in.
_playing = threading.Lock()


class PlayingError(RuntimeError):
    """Another rule is being played at this moment."""


@dataclass(frozen=True, slots=True)
class Fired:
    """One time that the rule would have fired, and how many messages that would have been."""

    at: datetime
    issue_id: int
    short_id: str
    title: str
    event_id: str
    is_exact: bool
    messages: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would have come of one rule. `told` is how many messages each destination would have had, the most
    first; `held_by_limit` what its limit for an hour would have held back; `last_fired` by issue; `by_hour` how
    often it would have fired in each hour since the epoch."""

    fired: int = 0
    exact: int = 0
    messages: int = 0
    held_by_limit: int = 0
    errors: int = 0
    error: str = ""
    told: tuple[tuple[str, int], ...] = ()
    last_fired: Mapping[int, datetime] = field(default_factory=dict)
    firings: tuple[Fired, ...] = ()
    by_hour: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Backtested:
    """`draft` beside `current`, the rule as it is stored, if it is. `events` were counted, `kept` of them are kept
    whole; `notes` say what that means for the answer."""

    begins: datetime
    ends: datetime
    events: int
    kept: int
    draft: Outcome
    current: Outcome | None
    notes: tuple[str, ...]


def compiled(project_id: int, data: Mapping[str, Any], *, environment: str = "", rule_id: int = 0) -> Rule:
    """A drafted rule as it would run."""
    return compile_rule(
        catalogue(), rule_id=rule_id, project_id=project_id, label="", environment=environment, data=data
    )


def backtest(  # noqa: PLR0913 — what is asked, of where, for when, and who is told how far it is
    project: ProjectFacts,
    draft: Rule,
    *,
    now: datetime,
    current: Rule | None = None,
    days: int = DAYS,
    most: int | None = None,
    progress: Progress | None = None,
) -> Backtested:
    """Plays the project's last days through a rule. 14 days of 100,000 events take a few seconds.

    `progress` is called with the share that is done, 0 to 1.
    """
    wanted = now - timedelta(days=min(days, MOST_DAYS))
    most = most or MOST_EVENTS
    begins = _begins(project.id, wanted, now, most)
    # Each by an id of its own: what one has claimed does not bind the other.
    rules = [replace(draft, id=-1), *([replace(current, id=-2)] if current else [])]
    past = load(project, rules, begins, now, progress or _unseen)
    played = Backtest(rules, past.issues, past.places, begins)
    tallies = {rule.id: _Tally(project) for rule in rules}
    for moment in past.moments:
        for one in played.step(moment):
            tallies[one.rule.id].add(one)
    for one in played.end(now):
        tallies[one.rule.id].add(one)
    found = [tallies[course.rule.id].outcome(course) for course in played.courses]
    return Backtested(
        begins,
        now,
        past.counted,
        past.kept,
        found[0],
        found[1] if current else None,
        (*_cut(wanted, begins, most), *_notes(past, rules, begins, now)),
    )


def _begins(project_id: int, wanted: datetime, now: datetime, most: int) -> datetime:
    """Later than wanted where there is more than can be played while somebody waits."""
    first = int(wanted.timestamp()) // 60
    found = queries.begins_within(project_id, first, int(now.timestamp()) // 60, most)
    return wanted if found == first else datetime.fromtimestamp(found * 60, UTC)


def _cut(wanted: datetime, begins: datetime, most: int) -> tuple[str, ...]:
    if begins == wanted:
        return ()
    return (f"Played from {begins:%d %B, %H:%M} UTC on: before, there are more than {most:,} events.",)


def of_draft(  # noqa: PLR0913 — as backtest
    project: Project,
    sent: Mapping[str, Any],
    *,
    now: datetime,
    home: Home | None = None,
    rule_id: int | None = None,
    days: int = DAYS,
    most: int | None = None,
    progress: Progress | None = None,
) -> Backtested | Refusal:
    """What a rule as it is being edited would have done, beside the one that it would replace; or the reasons
    against it. It needs no name yet, and no action: then nobody would hear. `home` is whose rule it is, if not the
    project's; `most` how many events are played.

    Raises PlayingError while another one is played in this process.
    """
    shown = rules_api.one(project.pk, rule_id) if rule_id is not None else None
    place = replace(rules_home.place(home or project), rules=())
    found = check(catalogue(), place, {**UNNAMED, **sent}, stored=shown.rule.data if shown else None)
    if isinstance(found, Refusal):
        return found
    draft = compiled(project.pk, found.data, environment=found.environment)
    current = (
        compiled(project.pk, shown.rule.data, environment=shown.rule.environment, rule_id=shown.rule.pk)
        if shown
        else None
    )
    about = projects.by_id([project.pk])[project.pk]
    if not _playing.acquire(blocking=False):
        raise PlayingError("A rule is being played already; ask again when that is done.")
    try:
        return backtest(about, draft, now=now, current=current, days=days, most=most, progress=progress)
    finally:
        _playing.release()


def _unseen(share: float) -> None:
    """For whoever does not want to know how far it is."""
    del share


@dataclass(slots=True)
class _Tally:
    """What fires is asked for its recipients as it comes: no event is kept in memory for it."""

    project: ProjectFacts
    fired: list[Fired] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    last: dict[int, datetime] = field(default_factory=dict)
    by_hour: Counter[int] = field(default_factory=Counter)
    exact: int = 0
    count: int = 0
    _who: "_Who | None" = None

    def add(self, one: WouldFire) -> None:
        if self._who is None:
            self._who = _Who(self.project)
        to = [planned.destination for planned in self._who.hear(one).planned if planned.suppressed is None]
        self.told.update(f"{place.provider}: {place.label}" for place in to)
        self.count += 1
        self.exact += one.is_exact
        self.last[one.issue.id] = one.at
        self.by_hour[int(one.at.timestamp()) // HOUR] += 1
        issue = one.issue
        self.fired.append(
            Fired(one.at, issue.id, issue.short_id, issue.title, one.event.event_id, one.is_exact, len(to))
        )

    def outcome(self, course: Course) -> Outcome:
        told = tuple(sorted(self.told.items(), key=lambda one: (-one[1], one[0])))
        return Outcome(
            self.count,
            self.exact,
            self.told.total(),
            course.over,
            course.errors,
            course.error,
            told,
            self.last,
            tuple(self.fired[-MOST_FIRINGS:]),
            self.by_hour,
        )


class _Who:
    """Who would hear: routing without writing, once for each occasion that differs."""

    def __init__(self, project: ProjectFacts) -> None:
        self._here: Directory = directory.of(project.organization_id, project.organization_version)
        self._services: Services = services_of(self._here)
        self._reaches: Reaches = {}
        self._compiled = ownership.of([project])
        self._issues: dict[int, tuple[IssueRow, Owners, Mapping[int, int]]] = {}
        self._routed: dict[Hashable, Routed] = {}

    def hear(self, one: WouldFire) -> Routed:
        row, owners, ended = self._issue(one.issue.id)
        occasion = replace(
            owners.occasion(row, one.event, ended),
            assignee_user_id=one.issue.assignee_user_id,
            assignee_team_id=one.issue.assignee_team_id,
        )
        key = (
            one.rule.id,
            (occasion.assignee_user_id, occasion.assignee_team_id),
            (occasion.owner_user_ids, occasion.owner_team_ids, occasion.suspect_user_ids),
            one.issue.id if ended else 0,
        )
        found = self._routed.get(key)
        if found is None:
            found = route([one.rule], occasion, self._here, self._services, self._reaches)
            self._routed[key] = found
        return found

    def _issue(self, issue_id: int) -> tuple[IssueRow, Owners, Mapping[int, int]]:
        found = self._issues.get(issue_id)
        if found is None:
            row = issues_digest.by_id([issue_id])[issue_id]
            owners = Owners(self._compiled, suspects_of([issue_id]))
            found = self._issues[issue_id] = (row, owners, unsubscribe.ended({issue_id}).get(issue_id, {}))
        return found


def _notes(past: Past, rules: Sequence[Rule], begins: datetime, now: datetime) -> list[str]:
    """What is exact and what is estimated, in words."""
    notes = []
    if past.kept < past.counted:
        notes.append(
            f"{past.kept:,} of {past.counted:,} events are kept whole. The others are counted by the minute: they"
            " are taken to be spread over their minute and to look like the event of their issue kept before them."
            " What fires with a part of theirs is estimated."
        )
    elif any(rule.ages for rule in rules):
        notes.append(f"All {past.counted:,} events of this time are kept whole.")
    else:
        notes.append(f"All {past.counted:,} events of this time are kept whole: the answer is exact.")
    if any(rule.ages for rule in rules):
        notes.append(
            "What compares with an earlier time or with sessions is asked again each half minute as it runs; here"
            " it is asked with each event alone, so it may fire later than it would, or not at all."
        )
    names = {need.name for rule in rules for need in rule.needs}
    if names & {SESSIONS, ADOPTED_RELEASES} and begins < now - SESSIONS_KEPT:
        notes.append(f"Sessions are kept for {SESSIONS_KEPT.days} days: what is asked of earlier ones finds none.")
    notes.append(
        "The rule is taken to begin with this time, alone, with each event digested as it was received; owners,"
        " members, preferences and titles are as they are today."
    )
    return notes

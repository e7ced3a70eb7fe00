"""What a rule would have done: the past played again through the functions that decide about live events.

Whether an event meets the rule is `core.evaluate.decide`'s to say, which stretch a count is about
`core.windows.span`'s, whether the rule may fire `core.claim.granted`'s, as in the digest. What differs is where
facts come from: from the moments before, in memory, and not from the database.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from tocsin.core import counted
from tocsin.core.cap import HOUR
from tocsin.core.claim import Pair, cutoff, granted, is_ready
from tocsin.core.evaluate import decide
from tocsin.core.event import Event
from tocsin.core.facts import EVENTS, MATCHING_USERS, SEEN_ELSEWHERE, TAGGED, USERS, Asked, Facts, Need
from tocsin.core.issue import Happening, Status
from tocsin.core.past import NOTHING, Came, Changed, Moment, PastIssue, PastPlaces
from tocsin.core.rule import Rule
from tocsin.core.sliding import SlidingCount
from tocsin.core.windows import span

# What opens an issue again, in the order in which it is told of, and the activity that it is.
AWAKE = {"is_regression": Happening.REGRESSION.value, "has_escalated": Happening.ESCALATING.value}
COUNTED = frozenset({EVENTS, USERS, MATCHING_USERS, TAGGED})


class WouldFire(NamedTuple):
    """One time that a rule would have fired; `is_exact` unless a stand-in had a part in it."""

    rule: Rule
    at: datetime
    issue: PastIssue
    event: Event
    is_exact: bool


class Met(NamedTuple):
    """What a rule was asked about: an event with what it brought, or an activity and the issue's latest event."""

    event: Event
    happened: frozenset[str] = NOTHING
    activity: str = ""


@dataclass(slots=True)
class Course:
    """How one rule has fared: `over` counts what its limit for an hour held back, `errors` lines that could not
    answer, the last of which says `error`."""

    rule: Rule
    last: dict[Pair, datetime] = field(default_factory=dict)
    fired: deque[datetime] = field(default_factory=deque)
    waiting: list[tuple[datetime, int, int, Met]] = field(default_factory=list)
    awaited: set[int] = field(default_factory=set)
    over: int = 0
    errors: int = 0
    error: str = ""

    def is_asked(self, issue_id: int, at: datetime) -> bool:
        """Whether an answer would make a difference: not while it waits for the issue, or fired lately."""
        if self.rule.wait:
            return issue_id not in self.awaited
        return is_ready(self.last.get((self.rule.id, issue_id)), cutoff(at, self.rule.frequency))

    def claim(self, issue_id: int, at: datetime) -> bool:
        """Whether it fires for the issue, which then counts."""
        rule, pair = self.rule, (self.rule.id, issue_id)
        while self.fired and self.fired[0] <= at - HOUR:
            self.fired.popleft()
        limits = {rule.id: rule.hourly_limit} if rule.hourly_limit else {}
        found = granted({pair: cutoff(at, rule.frequency)}, self.last, limits, {rule.id: len(self.fired)})
        self.over += len(found.over)
        if not found.pairs:
            return False
        self.last[pair] = at
        self.fired.append(at)
        return True


class Backtest:
    """Rules, each as if it were alone, over one past. Give it the moments in their order, then `end`.

    Before `begins` events are counted and no rule is asked. A rule that waits is asked again when the wait is
    over, to the second.
    """

    def __init__(
        self, rules: Sequence[Rule], issues: Mapping[int, PastIssue], places: PastPlaces, begins: datetime
    ) -> None:
        self.courses = [Course(rule) for rule in rules]
        self._issues, self._places, self._begins = issues, places, begins
        self._counts = _Counts(rules)
        self._is_guessed = False
        self._put_aside = 0

    def step(self, moment: Moment) -> Iterator[WouldFire]:
        """What fires by a moment, the waits that end before it first."""
        yield from self.end(moment.at)
        issue = self._issues.get(moment.issue_id)
        if issue is None:
            return
        if isinstance(moment, Changed):
            issue.change(moment)
            if moment.activity:
                yield from self._hear(moment.at, issue, moment.activity)
            return
        happened = self._count(moment, issue)
        asked = [course for course in self.courses if course.is_asked(issue.id, moment.at)]
        if asked and moment.at >= self._begins:
            facts = self._facts(moment.event, issue, moment.at, happened)
            met = Met(moment.event, happened)
            for course in asked:
                if self._matches(course, facts):
                    yield from self._meet(course, met, issue, moment.at)
        for name, activity in AWAKE.items():
            if name in happened:
                yield from self._hear(moment.at, issue, activity)

    def end(self, at: datetime) -> Iterator[WouldFire]:
        """What fires because waits end up to a moment, the one that ends first before the others: what is counted
        may only be asked for forwards."""
        while over := [one for one in self.courses if one.waiting and one.waiting[0][0] <= at]:
            course = min(over, key=_ends_first)
            due, _, issue_id, met = heapq.heappop(course.waiting)
            course.awaited.discard(issue_id)
            issue = self._issues[issue_id]
            if self._matches(course, self._facts(met.event, issue, due, met.happened, met.activity)):
                yield from self._claim(course, met.event, issue, due)

    def _count(self, came: Came, issue: PastIssue) -> frozenset[str]:
        """Counts the event; what became true with it."""
        environment, happened = came.event.environment, came.happened
        if happened & AWAKE.keys():
            issue.status = Status.UNRESOLVED
        if not came.counts:
            return happened
        if environment not in issue.seen_in:
            happened |= {"is_new_environment"}
            issue.seen_in.add(environment)
        issue.saw(came)
        if not came.is_kept:
            issue.is_guessed = self._is_guessed = True
        self._counts.add(came, lambda: self._facts(came.event, issue, came.at, happened))
        return happened

    def _meet(self, course: Course, met: Met, issue: PastIssue, at: datetime) -> Iterator[WouldFire]:
        if not course.rule.wait:
            yield from self._claim(course, met.event, issue, at)
            return
        self._put_aside += 1
        heapq.heappush(course.waiting, (at + course.rule.wait, self._put_aside, issue.id, met))
        course.awaited.add(issue.id)

    def _hear(self, at: datetime, issue: PastIssue, activity: str) -> Iterator[WouldFire]:
        """What fires of something that is not an event itself; of an issue without any, nothing."""
        if issue.latest is None or at < self._begins:
            return
        met = Met(issue.latest, activity=activity)
        asked = [one for one in self.courses if one.rule.hears_activities and one.is_asked(issue.id, at)]
        for course in asked:
            if self._matches(course, self._facts(met.event, issue, at, NOTHING, activity)):
                yield from self._meet(course, met, issue, at)

    def _claim(self, course: Course, event: Event, issue: PastIssue, at: datetime) -> Iterator[WouldFire]:
        if course.claim(issue.id, at):
            is_guessed = self._is_guessed if course.rule.hourly_limit else issue.is_guessed
            yield WouldFire(course.rule, at, issue, event, not is_guessed)

    def _matches(self, course: Course, facts: Facts) -> bool:
        try:
            decision = decide([course.rule], facts)
        except LookupError as error:
            course.errors, course.error = course.errors + 1, str(error)
            return False
        for failed in decision.failed:
            course.errors, course.error = course.errors + len(failed.errors), failed.errors[-1]
        for rule in decision.open:
            course.errors, course.error = course.errors + 1, f"What {rule.label!r} needs is not known."
        return bool(decision.matched)

    def _facts(
        self, event: Event, issue: PastIssue, at: datetime, happened: frozenset[str], activity: str = ""
    ) -> Facts:
        values = _Values(issue, self._counts, self._places)
        values.facts = Facts(
            event,
            issue.as_issue(at),
            at,
            "is_new" in happened,
            "is_regression" in happened,
            "is_new_environment" in happened,
            "has_escalated" in happened,
            activity,
            values,
        )
        return values.facts


def _ends_first(course: Course) -> datetime:
    return course.waiting[0][0]


class _Counts:
    """What the rules count, of each issue."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._asked = {_asked(need, rule): rule for rule in rules for need in rule.needs if need.name in COUNTED}
        self._windows: dict[tuple[int, Asked, str], SlidingCount] = {}

    def add(self, came: Came, facts: Callable[[], Facts]) -> None:
        for asked, rule in self._asked.items():
            if came.event.environment in asked.where:
                for key, member in _members(asked, rule, came, facts):
                    self._window(came.issue_id, asked, key).add(came.second, member)

    def count(self, issue_id: int, asked: Asked, event: Event, at: int) -> int:
        """How many, in the stretch that the need is about; of several values of a tag, the most."""
        first, last = span(asked.need, at).seconds
        if asked.need.name != TAGGED:
            return self._window(issue_id, asked, "").count(first, last)
        keys = counted.tags(event, asked.need.detail)
        return max((self._window(issue_id, asked, key).count(first, last) for key in keys), default=0)

    def _window(self, issue_id: int, asked: Asked, key: str) -> SlidingCount:
        place = (issue_id, asked, key)
        found = self._windows.get(place)
        if found is None:
            are_distinct = asked.need.name in (USERS, MATCHING_USERS)
            found = self._windows[place] = SlidingCount(are_distinct=are_distinct)
        return found


class _Values(Mapping[Asked, Any]):
    """What rules need of an event, found out when it is asked for; which that will be, nobody can list."""

    def __init__(self, issue: PastIssue, counts: _Counts, places: PastPlaces) -> None:
        self._issue, self._counts, self._places = issue, counts, places
        self._found: dict[Asked, Any] = {}  # two versions of a rule mostly ask the same
        self.facts: Facts

    def __getitem__(self, asked: Asked) -> Any:
        if asked not in self._found:
            self._found[asked] = self._value(asked)
        return self._found[asked]

    def _value(self, asked: Asked) -> Any:
        need, facts = asked.need, self.facts
        if need.name in COUNTED:
            return self._counts.count(self._issue.id, asked, facts.event, int(facts.now.timestamp()))
        if need == SEEN_ELSEWHERE:
            elsewhere = self._issue.seen_in - {facts.event.environment}
            return sum(name in asked.where for name in elsewhere)
        return self._places.value(need, asked.where, facts)

    def __iter__(self) -> Iterator[Asked]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _asked(need: Need, rule: Rule) -> Asked:
    return Asked(need, rule.where, rule.filters_key if need.name == MATCHING_USERS else "")


def _members(asked: Asked, rule: Rule, came: Came, facts: Callable[[], Facts]) -> Sequence[tuple[str, str]]:
    """What the event adds: under which key, as which member."""
    match asked.need.name:
        case name if name == EVENTS:
            return (("", ""),)
        case name if name == TAGGED:
            return [(value, "") for value in counted.tags(came.event, asked.need.detail)]
        case name:
            user = counted.user(came.event) if came.user is None else came.user
            is_counted = user and (name == USERS or counted.lets_pass(rule, facts()))
            return (("", user),) if is_counted else ()

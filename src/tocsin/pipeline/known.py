"""The facts that a batch's open rules need: gathered in a few statements, whatever the batch, and told per event.

What the database knows is how things were before the batch; the batch's own events up to the one that is asked
about come on top of it, so how events are cut into batches makes no difference to what fires.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tocsin.core.counted import tags
from tocsin.core.facts import EVENTS, MATCHING_USERS, SEEN_ELSEWHERE, TAGGED, USERS, Asked, Facts, Need
from tocsin.core.rule import Rule
from tocsin.core.windows import EVENT_SERIES, Span, series, span
from tocsin.pipeline.counting import Entries, Entry
from tocsin.pipeline.known_places import Places
from tocsin.pipeline.reading import Seen
from tocsin.store.queries import counts
from tocsin.store.queries.counts import Wanted

COUNTED = frozenset({EVENTS, USERS, MATCHING_USERS, TAGGED})


class Key(NamedTuple):
    """One count: of an issue, as a rule asks, at a second, of one member of its series."""

    issue_id: int
    asked: Asked
    at: int
    member: str = ""

    @property
    def series(self) -> str:
        return series(self.asked) or EVENT_SERIES

    @property
    def span(self) -> Span:
        return span(self.asked.need, self.at)


class Open(NamedTuple):
    """A rule that could not be decided about the event at a place of the batch."""

    place: int
    rule: Rule


class Known:
    """All that was gathered; `values` tells it for one event and rule. Ask in the order of the batch."""

    def __init__(
        self, seen: Sequence[Seen], facts: Sequence[Facts], batch: Entries, asked: Sequence[Open], now: datetime
    ) -> None:
        self._seen, self._facts, self._batch = seen, facts, batch
        keys = dict.fromkeys(key for one in asked for key in self._keys(one))
        self._before = _before(keys, batch)
        self._last = _last(keys, batch)
        self._running: dict[Key, _Running] = {}
        needs = {need for one in asked for need in one.rule.needs if need.name not in COUNTED}
        self._places = Places([facts[place] for place in {one.place for one in asked}], needs, now)

    def values(self, one: Open) -> dict[Asked, Any]:
        """What the rule needs to be decided about the event."""
        found: dict[Asked, Any] = {}
        for need in one.rule.needs:
            asked = _asked(need, one.rule)
            if need.name in COUNTED:
                found[asked] = max((self._count(key, one.place) for key in self._each(need, one)), default=0)
            elif need == SEEN_ELSEWHERE:
                found[asked] = self._elsewhere(one)
            else:
                found[asked] = self._places.value(need, one.rule.where, self._facts[one.place])
        return found

    def _keys(self, one: Open) -> Iterable[Key]:
        return (key for need in one.rule.needs if need.name in COUNTED for key in self._each(need, one))

    def _each(self, need: Need, one: Open) -> Iterable[Key]:
        facts = self._facts[one.place]
        at, asked = int(facts.now.timestamp()), _asked(need, one.rule)
        if need.name != TAGGED:
            return (Key(facts.issue.id, asked, at),)
        return (Key(facts.issue.id, asked, at, member) for member in tags(facts.event, need.detail))

    def _count(self, key: Key, place: int) -> int:
        running = self._running.get(key)
        if running is None:
            listed = self._batch.get((key.issue_id, key.series), ())
            running = self._running[key] = _Running(key, listed, self._last)
        return self._before.get(key, 0) + running.up_to(place)

    def _elsewhere(self, one: Open) -> int:
        facts, where = self._facts[one.place], one.rule.where
        found = self._places.seen_before(facts.issue.id)
        for entry in self._batch.get((facts.issue.id, EVENT_SERIES), ()):
            if entry.place < one.place:
                found = found | {entry.environment}
        return sum(name in where and name != facts.event.environment for name in found)


class _Running:
    """How many of the batch's own events count, up to one of them; each is looked at once."""

    def __init__(
        self, key: Key, listed: Sequence[Entry], last: dict[tuple[int, str, str], list[tuple[str, int]]]
    ) -> None:
        self._key, self._span, self._listed, self._last = key, key.span, listed, last
        self._next, self._count = 0, 0
        self._members: set[str] = set()

    def up_to(self, place: int) -> int:
        while self._next < len(self._listed) and self._listed[self._next].place <= place:
            self._add(self._listed[self._next])
            self._next += 1
        return self._count

    def _add(self, one: Entry) -> None:
        key = self._key
        if one.second not in self._span or one.environment not in key.asked.where:
            return
        if key.asked.need.name in (USERS, MATCHING_USERS):
            if one.member in self._members or self._is_counted(one.member):
                return
            self._members.add(one.member)
        elif one.member != key.member:
            return
        self._count += 1

    def _is_counted(self, member: str) -> bool:
        """Whether the database's count has this user in it already."""
        known = self._last.get((self._key.issue_id, self._key.series, member), ())
        return any(second in self._span and name in self._key.asked.where for name, second in known)


def _asked(need: Need, rule: Rule) -> Asked:
    return Asked(need, rule.where, rule.filters_key if need.name == MATCHING_USERS else "")


def _before(keys: Iterable[Key], batch: Entries) -> dict[Key, int]:
    """What had been counted before the batch; at most three statements."""
    minutes: list[tuple[Key, Wanted]] = []
    seconds: list[tuple[Key, Wanted]] = []
    members: list[tuple[Key, Wanted]] = []
    for key in keys:
        stretch, where = key.span, key.asked.where
        if key.asked.need.name in (USERS, MATCHING_USERS):
            members.append((key, Wanted(key.issue_id, *stretch.seconds, where, key.series)))
        elif key.asked.need.name == TAGGED:
            seconds.append((key, Wanted(key.issue_id, *stretch.seconds, where, key.series, key.member)))
        else:
            minutes.append((key, Wanted(key.issue_id, *stretch.minutes, where)))
            seconds += ((key, Wanted(key.issue_id, *end, where, EVENT_SERIES)) for end in stretch.ends)
    found: dict[Key, int] = {}
    for listed, read in ((minutes, counts.events), (seconds, counts.seconds), (members, counts.members)):
        for (key, _), count in zip(listed, read([wanted for _, wanted in listed]), strict=True):
            found[key] = found.get(key, 0) + count
    for key, wanted in minutes:
        # The batch's minutes are counted already: who wakes an archived issue has to know of them.
        mine = batch.get((key.issue_id, EVENT_SERIES), ())
        found[key] -= sum(
            wanted.first <= one.second // 60 <= wanted.last and one.environment in wanted.where for one in mine
        )
    return found


def _last(keys: Iterable[Key], batch: Entries) -> dict[tuple[int, str, str], list[tuple[str, int]]]:
    """When the batch's users had last been counted: who is in the count already is not counted again."""
    wanted = [key for key in keys if key.series.startswith("users")]
    members = {entry.member for key in wanted for entry in batch.get((key.issue_id, key.series), ())}
    since = min((key.span.seconds.first for key in wanted), default=0)
    found: dict[tuple[int, str, str], list[tuple[str, int]]] = {}
    rows = counts.last_seconds({key.issue_id for key in wanted}, members, since)
    for issue, name, member, environment, second in rows:
        found.setdefault((issue, name, member), []).append((environment, second))
    return found

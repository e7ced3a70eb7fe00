"""Hearing: alert rules that are asked about what happens to issues without an event, and what fires of them.

Called inside the transaction of whatever happened. The event that such a rule is asked about, and speaks of, is the
issue's latest one that is kept. The number of statements does not grow with the batch; where no rule of the
projects hears of what happens, there are two at most.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.core.watching import watching
from tocsin.engine.port import put
from tocsin.formats.event import UnreadableError
from tocsin.pipeline import claims, evaluate, recall, route
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.compiled import Compiled, rules_of
from tocsin.pipeline.happened import Happened, facts_of
from tocsin.pipeline.owning import Owners
from tocsin.pipeline.reading import Arrived, Seen
from tocsin.store.db import after_commit
from tocsin.store.queries import events, issues_digest, news, ownership, projects
from tocsin.store.queries.events import Sampled
from tocsin.store.queries.issues_digest import IssueRow
from tocsin.store.queries.news import IssueNews
from tocsin.store.queries.owners import suspects

SAID_LENGTH = 300


def hear(happened: Sequence[Happened], now: datetime) -> int:
    """What fires of happenings, or begins its wait; the deliveries queued."""
    here = projects.by_id({one.project_id for one in happened})
    rules = {project: _hearing(found) for project, found in rules_of(here.values()).items()}
    heard = [one for one in happened if one.project_id in rules and rules[one.project_id].rules]
    seen = _seen(heard, now) if heard else []
    if not seen:
        return 0
    facts = [evaluate.facts_of(one, here, now) for one in seen]
    fired = claims.fire_or_wait(evaluate.matches(seen, facts, rules, {}, here, now), now)
    if not fired:
        return 0
    owners = Owners(ownership.of(here.values()), suspects({one.seen.issue.id for one in fired}))
    deliveries = route.route(fired, here, owners, now).deliveries
    if deliveries:
        after_commit(lambda: put("deliver"))
    return deliveries


def _hearing(found: Compiled) -> Compiled:
    """Of a project's rules those that hear of more than events."""
    return found._replace(watching=watching([rule for rule in found.rules if rule.hears_activities]))


def _seen(heard: Sequence[Happened], now: datetime) -> list[Seen]:
    ids = {one.issue_id for one in heard}
    rows, kept, issues = issues_digest.by_id(ids), events.latest_kept(ids), news.issues(ids)
    names = news.names({one.actor_id for one in heard if one.actor_id is not None})
    latest = {issue: _arrived(row, kept, now) for issue, row in rows.items()}
    found: list[Seen] = []
    for one in heard:
        if one.issue_id in rows:
            seen = recall.beside(latest[one.issue_id], rows[one.issue_id])
            seen.activity, seen.said = one.happening.value, _said(one, issues[one.issue_id], names)
            found.append(seen)
    return found


def _said(one: Happened, issue: IssueNews, names: Mapping[int, str]) -> str:
    """What happened in a sentence, as in a thread; "" for what nobody says."""
    kind = catalogue().kind_of(one.happening)
    if kind is None or kind.brief is None:
        return ""
    return kind.brief(facts_of(one, issue, names)).title[:SAID_LENGTH]


def _arrived(row: IssueRow, kept: Mapping[int, Sampled], now: datetime) -> Arrived:
    """The issue's latest event; its own name where none is kept or that can no longer be read."""
    if row.id not in kept:
        return recall.by_name(row, now)
    event_id, received, payload = kept[row.id]
    try:
        return recall.recall(row.project_id, event_id, received, payload)
    except UnreadableError:
        return recall.by_name(row, now)

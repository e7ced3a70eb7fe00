"""Rules that wait: when the wait is over they are asked again about the same event, and fire if it is still so.

Still so: the issue is unresolved, its assignee, its counts and all else are as the rule wants them now. What the
event alone brought (it was new, it was a regression) is as it was.
"""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

from tocsin.core.group import group
from tocsin.core.watching import watching
from tocsin.engine.port import put
from tocsin.formats.event import parse
from tocsin.pipeline import claims, clock, evaluate, route
from tocsin.pipeline.compiled import rules_of
from tocsin.pipeline.owning import Owners
from tocsin.pipeline.reading import Arrived, Seen
from tocsin.pipeline.sample import kept
from tocsin.store.db import one_at_a_time, one_transaction, retried
from tocsin.store.queries import issues_digest, ownership, projects
from tocsin.store.queries.issues_digest import IssueRow
from tocsin.store.queries.owners import suspects as suspects_of
from tocsin.store.writes import events, rule_pending
from tocsin.store.writes.rule_pending import Pending

AT_ONCE = 500


def ask_again() -> int:
    """Asks the rules whose wait is over; how many there were. A scheduled job."""
    done = 0
    while taken := retried(lambda: _ask_some(clock.now())):
        done += taken
        if taken < AT_ONCE:
            break
    return done


def _ask_some(now: datetime) -> int:
    due = rule_pending.projects_due(now, AT_ONCE)
    if not due:
        return 0
    with one_transaction():
        one_at_a_time(project for project, _ in due)
        taken = rule_pending.take([pk for _, pk in due])
        deliveries = _fire(taken, now) if taken else 0
    if deliveries:
        put("deliver")
    return len(taken)


def _fire(taken: Sequence[Pending], now: datetime) -> int:
    """Writes what is still so; the deliveries queued."""
    rows = issues_digest.by_id({one.issue_id for one in taken})
    seen = [_seen(one, rows[one.issue_id]) for one in taken if one.issue_id in rows]
    waited = [one.rule_id for one in taken if one.issue_id in rows]
    here = projects.by_id({one.issue.project_id for one in seen})
    rules = {
        project: found._replace(watching=watching([rule for rule in found.rules if rule.id in set(waited)]))
        for project, found in rules_of(here.values()).items()
    }
    facts = [evaluate.facts_of(one, here, now) for one in seen]
    asked = {id(one): rule for one, rule in zip(seen, waited, strict=True)}
    met = [
        (one, rule)
        for one, rule in evaluate.matches(seen, facts, rules, {}, here, now)
        if asked[id(one)] == rule.id
    ]
    fired = claims.fire(met, now)
    events.keep([kept(one.seen) for one in fired])
    owners = Owners(ownership.of(here.values()), suspects_of({one.seen.issue.id for one in fired}))
    return route.route(fired, here, owners, now).deliveries


def _seen(one: Pending, row: IssueRow) -> Seen:
    payload = zlib.decompress(bytes(one.payload))
    event = parse(payload, event_id=one.event_id, received=one.received.timestamp())
    received = one.received.astimezone(UTC)
    seen = Seen(Arrived(row.project_id, received, event, group(event), payload), row)
    seen.times_seen, seen.status, seen.substatus = row.times_seen, row.status, row.substatus
    for name in one.happened:
        if name in claims.HAPPENED:
            setattr(seen, name, True)
    return seen

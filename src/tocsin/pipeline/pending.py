"""Rules that wait: when the wait is over they are asked again about the same event, and fire if it is still so.

Still so: the issue is unresolved, its assignee, its counts and all else are as the rule wants them now. What the
event alone brought (it was new, it was a regression) is as it was.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.core.escape import clean
from tocsin.core.watching import watching
from tocsin.engine.port import put
from tocsin.formats.event import UnreadableError
from tocsin.pipeline import claims, clock, evaluate, recall, route
from tocsin.pipeline.compiled import rules_of
from tocsin.pipeline.owning import Owners
from tocsin.pipeline.reading import Seen
from tocsin.pipeline.sample import kept
from tocsin.store.db import one_at_a_time, one_transaction, retried
from tocsin.store.queries import issues_digest, ownership, projects
from tocsin.store.queries.issues_digest import IssueRow
from tocsin.store.queries.owners import suspects as suspects_of
from tocsin.store.writes import events, rule_health, rule_pending
from tocsin.store.writes.events import Rejected
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
    asked = _readable([one for one in taken if one.issue_id in rows], rows, now)
    seen, waited = [one for one, _ in asked], {rule for _, rule in asked}
    here = projects.by_id({one.issue.project_id for one in seen})
    rules = {
        project: found._replace(watching=watching([rule for rule in found.rules if rule.id in waited]))
        for project, found in rules_of(here.values()).items()
    }
    facts = [evaluate.facts_of(one, here, now) for one in seen]
    own = {id(one): rule for one, rule in asked}
    met = [
        (one, rule) for one, rule in evaluate.matches(seen, facts, rules, {}, here, now) if own[id(one)] == rule.id
    ]
    fired = claims.fire(met, now)
    events.keep([kept(one.seen) for one in fired if one.seen.arrived.event.event_id])
    owners = Owners(ownership.of(here.values()), suspects_of({one.seen.issue.id for one in fired}))
    return route.route(fired, here, owners, now).deliveries


def _readable(taken: Sequence[Pending], rows: Mapping[int, IssueRow], now: datetime) -> list[tuple[Seen, int]]:
    """Each event with the rule that waited. What can no longer be read is set aside and costs no other."""
    found: list[tuple[Seen, int]] = []
    rejected: list[Rejected] = []
    errors: dict[int, tuple[int, str]] = {}
    for one in taken:
        try:
            found.append((_seen(one, rows[one.issue_id]), one.rule_id))
        except UnreadableError as error:
            reason = f"An alert rule waited with this event, which can no longer be read: {clean(str(error))}"
            project = rows[one.issue_id].project_id
            rejected.append(Rejected(project, one.received, reason, bytes(one.payload), "deflate", one.event_id))
            errors[one.rule_id] = (errors.get(one.rule_id, (0, ""))[0] + 1, reason)
    events.reject(rejected)
    rule_health.failed(errors, now)
    return found


def _seen(one: Pending, row: IssueRow) -> Seen:
    if one.event_id:
        seen = recall.beside(recall.recall(row.project_id, one.event_id, one.received, one.payload), row)
    else:
        seen = recall.beside(recall.by_name(row, one.received), row)
    for name in one.happened:
        if name in claims.HAPPENED:
            setattr(seen, name, True)
        elif name.startswith(claims.ACTIVITY):
            seen.activity = name.removeprefix(claims.ACTIVITY)
        elif name.startswith(claims.SAID):
            seen.said = name.removeprefix(claims.SAID)
    return seen

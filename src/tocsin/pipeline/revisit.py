"""Revisit: what a rule counts may come to hold without another event: sessions are told of, time passes.

Each half minute the rules that this can happen to are asked again about the issues seen within the last hour, with
the event kept last in each environment. An event is told of once: a rule that fired since it came is not asked.
The number of statements grows by 500 issues, and where no such rule is, there is one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from tocsin.core.claim import is_ready
from tocsin.core.rule import Rule
from tocsin.core.rule_snooze import of_everyone
from tocsin.core.watching import watching
from tocsin.engine.port import put
from tocsin.formats.event import UnreadableError
from tocsin.pipeline import claims, clock, evaluate, recall, route
from tocsin.pipeline.compiled import Compiled, rules_of
from tocsin.pipeline.owning import Owners
from tocsin.pipeline.reading import Seen
from tocsin.store.db import after_commit, one_at_a_time, one_transaction, retried
from tocsin.store.queries import issues_digest, ownership, projects, revisited
from tocsin.store.queries.issues_digest import IssueRow
from tocsin.store.queries.owners import suspects as suspects_of
from tocsin.store.queries.revisited import Kept
from tocsin.store.writes import rule_states

EVERY = 30  # seconds
LOOKS_BACK = timedelta(hours=1)
AT_ONCE = 500
MOST = 20_000  # issues a run, those seen last first
JUST_BEFORE = timedelta(microseconds=1)

Rules = Mapping[int, Compiled]


def ask_by_the_clock() -> int:
    """How many rules fired. A scheduled job."""
    now = clock.now()
    found = revisited.seen_since(now - LOOKS_BACK, MOST)
    rules = _aging({project for _, project in found}, now)
    asked = [(issue, project) for issue, project in found if project in rules]
    parts = [asked[first : first + AT_ONCE] for first in range(0, len(asked), AT_ONCE)]
    return sum(retried(partial(_ask, part, now)) for part in parts)


def _aging(project_ids: set[int], now: datetime) -> Rules:
    """The rules of projects that are asked again; only the projects that have any. What is snoozed for everyone
    would hide the same event each time."""
    found: dict[int, Compiled] = {}
    for project, compiled in rules_of(projects.by_id(project_ids).values()).items():
        aging = [
            rule for rule in compiled.rules if rule.ages and not (rule.broken or of_everyone(rule.snoozes, now))
        ]
        if aging:
            found[project] = compiled._replace(watching=watching(aging))
    return found


def _ask(asked: Sequence[tuple[int, int]], now: datetime) -> int:
    with one_transaction():
        one_at_a_time(project for _, project in asked)
        rules = _aging({project for _, project in asked}, now)
        kept = revisited.last_kept([issue for issue, _ in asked], now - LOOKS_BACK)
        return _fire(kept, dict(asked), rules, now)


def _fire(kept: Sequence[Kept], project_of: Mapping[int, int], rules: Rules, now: datetime) -> int:
    told = _told(kept, project_of, rules, now)
    wanted = [
        one for one in kept if any((rule.id, one.issue_id) not in told for rule in _of(one, project_of, rules))
    ]
    rows = issues_digest.by_id({one.issue_id for one in wanted})
    seen = [found for one in wanted if (found := _seen(one, rows)) is not None]
    here = projects.by_id({one.issue.project_id for one in seen})
    facts = [evaluate.facts_of(one, here, now) for one in seen]
    first: dict[tuple[int, int], tuple[Seen, Rule]] = {}
    for one, rule in evaluate.matches(seen, facts, rules, {}, here, now):
        first.setdefault((rule.id, one.issue.id), (one, rule))
    full = claims.exhausted([rule for _, rule in first.values()], now)
    met = [pair for key, pair in first.items() if key not in told and key[0] not in full]
    fired = claims.fire_or_wait(met, now)
    owners = Owners(ownership.of(here.values()), suspects_of({one.seen.issue.id for one in fired}))
    if route.route(fired, here, owners, now).deliveries:
        after_commit(lambda: put("deliver"))
    return sum(len(one.rules) for one in fired)


def _seen(one: Kept, rows: Mapping[int, IssueRow]) -> Seen | None:
    """The event beside its issue; None for what can no longer be read."""
    row = rows.get(one.issue_id)
    if row is None:
        return None
    try:
        return recall.beside(recall.recall(row.project_id, one.event_id, one.received, one.payload), row)
    except UnreadableError:
        return None


def _told(kept: Sequence[Kept], project_of: Mapping[int, int], rules: Rules, now: datetime) -> set[tuple[int, int]]:
    """The (rule, issue) that told of the issue's latest event, or that their frequency holds back."""
    cutoffs: dict[tuple[int, int], datetime] = {}
    for one in kept:  # the latest event of an issue first
        for rule in _of(one, project_of, rules):
            before = min(one.received - JUST_BEFORE, now - rule.frequency)
            cutoffs.setdefault((rule.id, one.issue_id), before)
    last = rule_states.last_fired(cutoffs)
    return {pair for pair, at in cutoffs.items() if not is_ready(last.get(pair), at)}


def _of(one: Kept, project_of: Mapping[int, int], rules: Rules) -> Sequence[Rule]:
    project = project_of[one.issue_id]
    return rules[project].rules if project in rules else ()

"""Evaluate: every rule that watches a project is asked about each event, what it counts included."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tocsin.core.escape import clean
from tocsin.core.evaluate import Failed, decide
from tocsin.core.facts import Facts
from tocsin.core.issue import Issue, Priority, Status, Substatus, short_id
from tocsin.core.rule import Rule
from tocsin.pipeline import claims, counting
from tocsin.pipeline.claims import Fired
from tocsin.pipeline.compiled import Compiled, rules_of
from tocsin.pipeline.counting import Entries
from tocsin.pipeline.known import Known, Open
from tocsin.pipeline.reading import Seen
from tocsin.store.queries.projects import ProjectFacts
from tocsin.store.writes import counts, rule_health

log = logging.getLogger("tocsin.rules")

Projects = Mapping[int, ProjectFacts]


def evaluate(seen: Sequence[Seen], projects: Projects, now: datetime) -> list[Fired]:
    """What fired in a batch of events. A rule fires once per issue and frequency, whoever else evaluates.

    Counts what the rules count besides the events of each minute, which are counted before.
    """
    rules = rules_of(projects.values())
    facts = [facts_of(one, projects, one.arrived.received) for one in seen]
    batch = counting.entries(seen, facts, rules)
    fired = claims.fire_or_wait(matches(seen, facts, rules, batch, projects, now), now)
    if batch:
        counts.count_seconds(counting.seconds(batch, seen, rules))
    return fired


def matches(  # noqa: PLR0913, PLR0917 — a batch is its events, their facts, and who asks
    seen: Sequence[Seen],
    facts: Sequence[Facts],
    rules: Mapping[int, Compiled],
    batch: Entries,
    projects: Projects,
    now: datetime,
) -> list[tuple[Seen, Rule]]:
    """The rules that each event meets, in the order of the events, then of the rules; errors are recorded."""
    met: list[tuple[int, Rule]] = []
    open_ones: list[Open] = []
    failed: list[tuple[int, Failed]] = []
    for place, about in enumerate(facts):
        if watching := rules[about.issue.project_id].watching.over(about.event):
            decision = decide(watching, about)
            met += ((place, found.rule) for found in decision.matched)
            open_ones += (Open(place, rule) for rule in decision.open)
            failed += ((place, one) for one in decision.failed)
    if open_ones:
        settled = _settled(seen, facts, batch, open_ones, now)
        met += settled[0]
        failed += settled[1]
        met.sort(key=lambda one: (one[0], one[1].id))
    _record(failed, facts, rules, projects, now)
    return [(seen[place], rule) for place, rule in met]


def _settled(
    seen: Sequence[Seen], facts: Sequence[Facts], batch: Entries, open_ones: Sequence[Open], now: datetime
) -> tuple[list[tuple[int, Rule]], list[tuple[int, Failed]]]:
    """What becomes of the open ones once all that they need is gathered."""
    known = Known(seen, facts, batch, open_ones, now)
    met: list[tuple[int, Rule]] = []
    failed: list[tuple[int, Failed]] = []
    for one in open_ones:
        try:
            decision = decide([one.rule], replace(facts[one.place], values=known.values(one)))
        except LookupError as error:  # a condition that is not ours needs what nobody can tell
            failed.append((one.place, Failed(one.rule, (str(error),))))
            continue
        met += ((one.place, found.rule) for found in decision.matched)
        failed += ((one.place, error) for error in decision.failed)
    return met, failed


def _record(
    failed: Sequence[tuple[int, Failed]],
    facts: Sequence[Facts],
    rules: Mapping[int, Compiled],
    projects: Projects,
    now: datetime,
) -> None:
    """Counts errors on their rules; logs one for each rule and version: an event storm must not become a storm of
    log lines."""
    errors: dict[int, tuple[int, str]] = {}
    for place, one in failed:
        text = clean("; ".join(one.errors))
        errors[one.rule.id] = (errors.get(one.rule.id, (0, ""))[0] + len(one.errors), text)
        project = facts[place].issue.project_id
        if one.rule.id not in rules[project].complained:
            rules[project].complained.add(one.rule.id)
            log.warning(
                "Alert rule %d (%s) of project %s has a line that could not answer, so it did not hold: %s",
                one.rule.id,
                clean(one.rule.label),
                projects[project].slug,
                text,
            )
    rule_health.failed(errors, now)


def facts_of(one: Seen, projects: Projects, at: datetime) -> Facts:
    """What conditions may look at, as it is at a moment: an event's own is when it was received."""
    return Facts(
        event=one.arrived.event,
        issue=issue_facts(one, projects[one.issue.project_id]),
        now=at,
        is_new=one.is_new,
        is_regression=one.is_regression,
        is_new_environment=one.is_new_environment,
        has_escalated=one.has_escalated,
        activity=one.activity,
    )


def issue_facts(one: Seen, project: ProjectFacts) -> Issue:
    """The issue as it was after this event was counted."""
    row = one.issue
    return Issue(
        row.id,
        row.project_id,
        short_id(project.slug, row.number),
        row.title,
        row.culprit,
        row.level,
        Status(one.status),
        Substatus(one.substatus),
        Priority(row.priority),
        row.first_seen,
        row.last_seen,
        one.times_seen,
        row.users_seen,
        row.assignee_user_id,
        row.assignee_team_id,
    )

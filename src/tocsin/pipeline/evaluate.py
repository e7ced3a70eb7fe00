"""Evaluate: every rule that watches a project is asked about each event; a firing is claimed once per frequency."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tocsin.core.escape import clean
from tocsin.core.evaluate import Failed, decide
from tocsin.core.facts import Facts
from tocsin.core.issue import Issue, Priority, Status, Substatus, short_id
from tocsin.core.rule import Rule, compile_rule
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.reading import Seen
from tocsin.store.queries import rules_digest as rule_rows
from tocsin.store.queries.projects import ProjectFacts
from tocsin.store.writes import rule_states

log = logging.getLogger("tocsin.rules")


@dataclass(frozen=True, slots=True)
class Fired:
    """The rules whose actions run for one event, together in one notification."""

    seen: Seen
    rules: tuple[Rule, ...]


class _Compiled(NamedTuple):
    """A project's rules as of one version of it; `complained` are those whose errors were told of."""

    version: int
    rules: tuple[Rule, ...]
    complained: set[int]


# By project: 20 rules take 0.4 ms to load and compile, a lookup 0.1 µs.
_compiled: dict[int, _Compiled] = {}


def evaluate(seen: Sequence[Seen], projects: dict[int, ProjectFacts], now: datetime) -> list[Fired]:
    """What fired in a batch. A rule fires once per issue and frequency, whoever else evaluates at the same time."""
    rules = rules_of(projects.values())
    matched: list[tuple[Seen, Rule]] = []
    for one in seen:
        if watching := rules[one.issue.project_id]:
            decision = decide(watching, _facts(one, projects, now))
            matched += [(one, found.rule) for found in decision.matched]
            _complain(decision.failed, projects[one.issue.project_id])
    if not matched:
        return []
    first: dict[tuple[int, int], int] = {}
    for index, (one, rule) in enumerate(matched):
        first.setdefault((rule.id, one.issue.id), index)
    wanted = {key: now - matched[index][1].frequency for key, index in first.items()}
    claimed = rule_states.claim(wanted, now)
    firing = {first[key] for key in claimed}
    held = Counter((rule.id, one.issue.id) for index, (one, rule) in enumerate(matched) if index not in firing)
    rule_states.hold(held)
    return _together([matched[index] for index in sorted(firing)])


def _complain(failed: Iterable[Failed], project: ProjectFacts) -> None:
    """Once for each rule and version: an event storm must not become a storm of log lines."""
    for one in failed:
        complained = _compiled[project.id].complained
        if one.rule.id not in complained:
            complained.add(one.rule.id)
            log.warning(
                "Alert rule %d (%s) of project %s has a line that could not answer, so it did not hold: %s",
                one.rule.id,
                clean(one.rule.label),
                project.slug,
                clean("; ".join(one.errors)),
            )


def _together(firing: Iterable[tuple[Seen, Rule]]) -> list[Fired]:
    by_event: dict[int, tuple[Seen, list[Rule]]] = {}
    for one, rule in firing:
        by_event.setdefault(id(one), (one, []))[1].append(rule)
    return [Fired(one, tuple(rules)) for one, rules in by_event.values()]


def _facts(one: Seen, projects: dict[int, ProjectFacts], now: datetime) -> Facts:
    return Facts(
        event=one.arrived.event,
        issue=issue_facts(one, projects[one.issue.project_id]),
        now=now,
        is_new=one.is_new,
        is_regression=one.is_regression,
        is_new_environment=one.is_new_environment,
        has_escalated=one.has_escalated,
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
    )


def rules_of(projects: Iterable[ProjectFacts]) -> dict[int, tuple[Rule, ...]]:
    """The active rules of each project, compiled once per version."""
    wanted = list(projects)
    stale = [one.id for one in wanted if one.id not in _compiled or _compiled[one.id].version != one.version]
    if stale:
        rows = rule_rows.active(stale)
        for project in wanted:
            if project.id in stale:
                compiled = tuple(map(_compile, rows.get(project.id, ())))
                _compiled[project.id] = _Compiled(project.version, compiled, set())
    return {project.id: _compiled[project.id].rules for project in wanted}


def _compile(row: rule_rows.RuleRow) -> Rule:
    return compile_rule(
        catalogue(),
        rule_id=row.id,
        project_id=row.project_id,
        label=row.label,
        environment=row.environment,
        data=row.data,
    )

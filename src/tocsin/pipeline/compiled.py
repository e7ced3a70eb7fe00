"""The alert rules of projects, compiled once for each version of them."""

from collections.abc import Iterable
from typing import NamedTuple

from tocsin.core.facts import Asked
from tocsin.core.rule import Rule, compile_rule
from tocsin.core.watching import Watching, watching
from tocsin.core.windows import series
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.queries import rules_digest as rule_rows
from tocsin.store.queries.projects import ProjectFacts


class Compiled(NamedTuple):
    """A project's rules as of one version of it and of its organization.

    `complained` are those whose errors were told of. `series` are what has to be counted for them, by the rule
    whose filters say of which events, None for all.
    """

    version: tuple[int, int]
    watching: Watching
    complained: set[int]
    series: dict[str, Rule | None]

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self.watching.rules


# By project: 20 rules take 0.4 ms to load and compile, a lookup 0.1 µs.
_compiled: dict[int, Compiled] = {}


def rules_of(projects: Iterable[ProjectFacts]) -> dict[int, Compiled]:
    """The active rules of each project; two queries, for those alone that changed."""
    wanted = {one.id: one for one in projects}
    stale = {one.id: one.organization_id for one in wanted.values() if not _is_fresh(one)}
    if stale:
        rows = rule_rows.active(stale)
        for project in stale:
            rules = tuple(map(_compile, rows.get(project, ())))
            _compiled[project] = Compiled(_version(wanted[project]), watching(rules), set(), _series(rules))
    return {project: _compiled[project] for project in wanted}


def _is_fresh(project: ProjectFacts) -> bool:
    return project.id in _compiled and _compiled[project.id].version == _version(project)


def _version(project: ProjectFacts) -> tuple[int, int]:
    return (project.version, project.organization_version)


def _series(rules: Iterable[Rule]) -> dict[str, Rule | None]:
    found: dict[str, Rule | None] = {}
    for rule in rules:
        for need in rule.needs:
            if name := series(Asked(need, rule.where, rule.filters_key)):
                found.setdefault(name, rule if name.startswith("users:") else None)
    return found


def _compile(row: rule_rows.RuleRow) -> Rule:
    return compile_rule(
        catalogue(),
        rule_id=row.id,
        project_id=row.project_id,
        label=row.label,
        environment=row.environment,
        data=row.data,
        snoozes=row.snoozes,
    )

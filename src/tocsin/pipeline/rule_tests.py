"""Rule tests: the cases that are stored with alert rules, asked of each by the live evaluator."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tocsin.core.rule_case import A_MOMENT, BadCaseError, cases, tested
from tocsin.pipeline.backtest import compiled
from tocsin.store.models import Rule
from tocsin.store.queries import rules as queries


@dataclass(frozen=True, slots=True)
class Result:
    """One case of one rule; `reason` says why it does not hold."""

    organization: str
    project: str
    rule: str
    rule_id: int
    name: str
    holds: bool
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def results(organization: str = "", project: str = "") -> list[Result]:
    """The cases of all rules, or of an organization's or a project's by slug, in the order of the rules."""
    return [one for rule in queries.active_of(organization, project) for one in _of(rule)]


def _of(rule: Rule) -> Iterator[Result]:
    where = (
        (rule.project.organization.slug, rule.project.slug)
        if rule.project
        else (rule.organization.slug if rule.organization else "", "every project")
    )
    try:
        found = cases(rule.data.get("tests"))
    except BadCaseError as error:
        yield Result(*where, rule.label, rule.pk, "tests", holds=False, reason=str(error))
        return
    runnable = compiled(rule.project_id or 0, rule.data, environment=rule.environment, rule_id=rule.pk)
    for one in tested(runnable, found, A_MOMENT):
        yield Result(*where, rule.label, rule.pk, one.case.name, one.holds, one.reason)

"""What became of a rule that waited for its channels (behaviour §8.10)."""

from typing import Any
from uuid import UUID

from ninja import Router

from tocsin.api.access import CallerRequest, edit_organization, edit_project
from tocsin.api.errors import MissingError
from tocsin.api.rules import shown
from tocsin.api.rules_organization import shown as shown_of_organization
from tocsin.api.shapes import CLOSED, RuleTaskState
from tocsin.store.models import RuleTask
from tocsin.store.queries import rule_tasks
from tocsin.store.writes.rules import Home

router = Router(tags=["Alert rules"])


@router.get(
    "/projects/{organization}/{project}/rule-task/{task}/",
    response={200: RuleTaskState, **CLOSED},
    summary="What became of a rule that waited for its channels",
)
def rule_task(request: CallerRequest, organization: str, project: str, task: str) -> dict[str, Any]:
    place = edit_project(request.auth, organization, project)
    found = _task(place, task)
    return _state(found, shown(place, found.rule_id, request.auth) if _is_saved(found) else None)


@router.get(
    "/organizations/{organization}/rule-task/{organization_task}/",
    response={200: RuleTaskState, **CLOSED},
    summary="What became of a rule of all projects that waited for its channels",
)
def organization_rule_task(request: CallerRequest, organization: str, organization_task: str) -> dict[str, Any]:
    place = edit_organization(request.auth, organization)
    found = _task(place, organization_task)
    return _state(found, shown_of_organization(request, place, found.rule_id) if _is_saved(found) else None)


def _task(place: Home, uuid: str) -> RuleTask:
    try:
        found = rule_tasks.of(place, UUID(uuid))
    except ValueError:
        found = None
    if found is None:
        raise MissingError("No rule waits here by this id; what became of one is remembered for a day.")
    return found


def _is_saved(task: RuleTask) -> bool:
    return task.status == "success"


def _state(task: RuleTask, rule: dict[str, Any] | None) -> dict[str, Any]:
    reasons = [str(one) for key, some in task.refused.items() if key != "ruleId" for one in some]
    if rule is not None and task.why:
        rule = {**rule, "unchecked": [task.why]}
    return {"status": task.status, "rule": rule, "error": " ".join(reasons) or None, "errors": task.refused}

"""An alert rule switched on or off, without sending it again."""

from typing import Any

from django.http import HttpResponse
from ninja import Router

from tocsin.api.access import CallerRequest, edit_organization, edit_project
from tocsin.api.errors import RefusedError
from tocsin.api.rules import ADDRESS, no_rule, number_of
from tocsin.api.rules_organization import ADDRESS as OF_ORGANIZATION
from tocsin.api.shapes import CLOSED, REFUSED
from tocsin.core.rule_check import Refusal
from tocsin.pipeline.rules import switch
from tocsin.store.writes.rules import Home

router = Router(tags=["Alert rules"])

ANSWERS: dict[int, Any] = {202: None, **REFUSED, **CLOSED}


@router.put(ADDRESS + "{rule}/enable/", response=ANSWERS, summary="Switch an alert rule on")
def enable_rule(request: CallerRequest, organization: str, project: str, rule: str) -> HttpResponse:
    return _switch(request, edit_project(request.auth, organization, project), rule, on=True)


@router.put(ADDRESS + "{rule}/disable/", response=ANSWERS, summary="Switch an alert rule off")
def disable_rule(request: CallerRequest, organization: str, project: str, rule: str) -> HttpResponse:
    return _switch(request, edit_project(request.auth, organization, project), rule, on=False)


@router.put(
    OF_ORGANIZATION + "{organization_rule}/enable/", response=ANSWERS, summary="Switch a rule of all projects on"
)
def enable_organization_rule(request: CallerRequest, organization: str, organization_rule: str) -> HttpResponse:
    return _switch(request, edit_organization(request.auth, organization), organization_rule, on=True)


@router.put(
    OF_ORGANIZATION + "{organization_rule}/disable/", response=ANSWERS, summary="Switch a rule of all projects off"
)
def disable_organization_rule(request: CallerRequest, organization: str, organization_rule: str) -> HttpResponse:
    return _switch(request, edit_organization(request.auth, organization), organization_rule, on=False)


def _switch(request: CallerRequest, home: Home, rule: str, *, on: bool) -> HttpResponse:
    caller = request.auth
    found = switch(home, number_of(rule), on=on, actor_id=caller.user.pk, now=caller.now)
    if found is None:
        raise no_rule()
    if isinstance(found, Refusal):
        raise RefusedError(found.as_json())
    return HttpResponse(status=202)

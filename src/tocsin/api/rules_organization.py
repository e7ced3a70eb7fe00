"""Alert rules of all projects of an organization, those to come included; for who manages all projects."""

from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from tocsin.api.access import CallerRequest, edit_organization, enter, may_read
from tocsin.api.body import json_object
from tocsin.api.errors import ForbiddenError
from tocsin.api.rule_json import as_json
from tocsin.api.rules import no_rule, number_of, saved, waits, words_of
from tocsin.api.shapes import CLOSED, REFUSED, Rule, RuleTask, RuleToSave, sent
from tocsin.pipeline.rule_saving import Waiting
from tocsin.store.models import Organization
from tocsin.store.queries import rules_api
from tocsin.store.writes import rules

router = Router(tags=["Alert rules"])

ADDRESS = "/organizations/{organization}/rules/"


@router.get(ADDRESS, response={200: list[Rule], **CLOSED}, summary="List the alert rules of all projects")
def list_organization_rules(request: CallerRequest, organization: str) -> list[dict[str, Any]]:
    place = _read(request, organization)
    words = words_of(place.pk, request.auth)
    return [as_json(one, None, words) for one in rules_api.of_organization(place.pk)]


@router.post(
    ADDRESS,
    response={201: Rule, 202: RuleTask, **REFUSED, **CLOSED},
    summary="Make an alert rule of all projects",
    openapi_extra=sent(RuleToSave),
)
def add_organization_rule(request: CallerRequest, organization: str) -> Status[dict[str, Any]]:
    return _saved(request, edit_organization(request.auth, organization), None)


@router.get(
    ADDRESS + "{organization_rule}/", response={200: Rule, **CLOSED}, summary="Read an alert rule of all projects"
)
def read_organization_rule(request: CallerRequest, organization: str, organization_rule: str) -> dict[str, Any]:
    return shown(request, _read(request, organization), number_of(organization_rule))


@router.put(
    ADDRESS + "{organization_rule}/",
    response={200: Rule, 202: RuleTask, **REFUSED, **CLOSED},
    summary="Replace an alert rule of all projects",
    openapi_extra=sent(RuleToSave),
)
def change_organization_rule(
    request: CallerRequest, organization: str, organization_rule: str
) -> Status[dict[str, Any]]:
    return _saved(request, edit_organization(request.auth, organization), number_of(organization_rule))


@router.delete(
    ADDRESS + "{organization_rule}/", response={202: None, **CLOSED}, summary="Remove an alert rule of all projects"
)
def remove_organization_rule(request: CallerRequest, organization: str, organization_rule: str) -> HttpResponse:
    caller = request.auth
    place = edit_organization(caller, organization)
    if not rules.remove(place, number_of(organization_rule), actor_id=caller.user.pk, now=caller.now):
        raise no_rule()
    return HttpResponse(status=202)


def _read(request: CallerRequest, organization: str) -> Organization:
    membership = enter(request.auth, organization)
    if not may_read(membership):
        raise ForbiddenError(f"The role {membership.role!r} does not include projects.")
    return membership.organization


def _saved(request: CallerRequest, place: Organization, rule_id: int | None) -> Status[dict[str, Any]]:
    found = saved(place, json_object(request), rule_id, request.auth)
    if isinstance(found, Waiting):
        return waits(found)
    rule = {**shown(request, place, found.rule.pk), "unchecked": list(found.unchecked)}
    return Status(200 if rule_id else 201, rule)


def shown(request: CallerRequest, place: Organization, rule_id: int | None) -> dict[str, Any]:
    """A rule of all projects as clients read it; 404 for any other."""
    found = rules_api.one_of_organization(place.pk, rule_id or 0)
    if found is None:
        raise no_rule()
    return as_json(found, None, words_of(place.pk, request.auth))

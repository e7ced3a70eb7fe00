"""A project's alert rules: list, read, make, change, remove, and what they can be made of (behaviour §5.8)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from tocsin.api.access import Caller, CallerRequest, edit_own, edit_project, read_project
from tocsin.api.body import json_object
from tocsin.api.errors import MissingError, RefusedError
from tocsin.api.rule_configuration import configuration
from tocsin.api.rule_json import Words, as_json
from tocsin.api.shapes import CLOSED, REFUSED, Configuration, Rule, RuleTask, RuleToSave, sent
from tocsin.core.rule_check import Refusal
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.rule_saving import Saved, Waiting, save
from tocsin.store.models import Project
from tocsin.store.queries import integrations, rules_api
from tocsin.store.writes import rules
from tocsin.store.writes.rules import Home

router = Router(tags=["Alert rules"])

ADDRESS = "/projects/{organization}/{project}/rules/"
MOST_DIGITS = 18  # a bigint holds them


@router.get(ADDRESS, response={200: list[Rule], **CLOSED}, summary="List a project's alert rules")
def list_rules(request: CallerRequest, organization: str, project: str) -> list[dict[str, Any]]:
    place = read_project(request.auth, organization, project)
    words = words_of(place.organization_id, request.auth)
    return [as_json(one, place, words) for one in rules_api.shown(place.pk)]


@router.post(
    ADDRESS,
    response={201: Rule, 202: RuleTask, **REFUSED, **CLOSED},
    summary="Make an alert rule",
    openapi_extra=sent(RuleToSave),
)
def add_rule(request: CallerRequest, organization: str, project: str) -> Status[dict[str, Any]]:
    """202 where a service has not told yet whether its channel is there: the rule is made once it is known."""
    place = edit_project(request.auth, organization, project)
    return _saved(request, place, None)


@router.get(ADDRESS + "configuration/", response={200: Configuration, **CLOSED}, summary="What rules are made of")
def rule_configuration(request: CallerRequest, organization: str, project: str) -> dict[str, Any]:
    place = read_project(request.auth, organization, project)
    return configuration(catalogue(), integrations.connected(place.organization_id))


@router.get(ADDRESS + "{rule}/", response={200: Rule, **CLOSED}, summary="Read an alert rule")
def read_rule(request: CallerRequest, organization: str, project: str, rule: str) -> dict[str, Any]:
    place = read_project(request.auth, organization, project)
    return shown(place, number_of(rule), request.auth)


@router.put(
    ADDRESS + "{rule}/",
    response={200: Rule, 202: RuleTask, **REFUSED, **CLOSED},
    summary="Replace an alert rule",
    openapi_extra=sent(RuleToSave),
)
def change_rule(request: CallerRequest, organization: str, project: str, rule: str) -> Status[dict[str, Any]]:
    """202 where a service has not told yet whether its channel is there: the rule is changed once it is known."""
    place = edit_own(request.auth, organization, project, number_of(rule))
    return _saved(request, place, number_of(rule))


@router.delete(ADDRESS + "{rule}/", response={202: None, **CLOSED}, summary="Remove an alert rule")
def remove_rule(request: CallerRequest, organization: str, project: str, rule: str) -> HttpResponse:
    caller = request.auth
    place = edit_own(caller, organization, project, number_of(rule))
    if not rules.remove(place, number_of(rule), actor_id=caller.user.pk, now=caller.now):
        raise no_rule()
    return HttpResponse(status=202)


def _saved(request: CallerRequest, place: Project, rule_id: int | None) -> Status[dict[str, Any]]:
    caller = request.auth
    found = saved(place, json_object(request), rule_id, caller)
    if isinstance(found, Waiting):
        return waits(found)
    rule = {**shown(place, found.rule.pk, caller), "unchecked": list(found.unchecked)}
    return Status(200 if rule_id else 201, rule)


def saved(place: Home, body: Mapping[str, Any], rule_id: int | None, caller: Caller) -> Saved | Waiting:
    """The rule as it is stored, or that it waits; what was sent is refused by an answer of its own."""
    found = save(place, body, rule_id=rule_id, actor_id=caller.user.pk, now=caller.now)
    if isinstance(found, Refusal):
        raise RefusedError(found.as_json())
    if found is None:
        raise no_rule()
    return found


def waits(found: Waiting) -> Status[dict[str, Any]]:
    """By what to ask what became of it, as Sentry's clients do."""
    return Status(202, {"uuid": found.id.hex})


def shown(place: Project, rule_id: int | None, caller: Caller) -> dict[str, Any]:
    """A rule of the project as clients read it; 404 for any other."""
    found = rules_api.one(place.pk, rule_id or 0)
    if found is None:
        raise no_rule()
    return as_json(found, place, words_of(place.organization_id, caller))


def words_of(organization_id: int, caller: Caller) -> Words:
    """What the caller reads rules with."""
    connected = integrations.connected(organization_id)
    return Words(
        catalogue(), {f"{one.provider}:{one.id}": one.name for one in connected}, caller.user.pk, caller.now
    )


def rule_of(request: CallerRequest, organization: str, project: str, rule: str) -> tuple[Project, int]:
    """The project, and the id of a rule that watches it; 404 for any other."""
    place = read_project(request.auth, organization, project)
    rule_id = number_of(rule)
    if rules_api.one(place.pk, rule_id) is None:
        raise no_rule()
    return place, rule_id


def number_of(rule: str) -> int:
    """The id that an address names; what is no number names no rule."""
    if rule.isascii() and rule.isdigit() and len(rule) <= MOST_DIGITS:
        return int(rule)
    raise no_rule()


def no_rule() -> MissingError:
    return MissingError("There is no such rule in this project.")

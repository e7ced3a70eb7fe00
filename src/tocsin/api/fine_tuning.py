"""The older way to say the same: habits, and one value per project or organization (behaviour §2.7, last rows)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ninja import Router, Status

from tocsin.api.access import Caller, CallerRequest
from tocsin.api.body import json_object
from tocsin.api.errors import MissingError, RefusedError
from tocsin.api.preferences import myself, scopes_of
from tocsin.api.shapes import CLOSED, REFUSED, Habits, HabitsToSave, sent
from tocsin.core.choices import DEFAULT, TYPES
from tocsin.core.people import Scope
from tocsin.core.wanted import in_words
from tocsin.store.db import one_transaction
from tocsin.store.queries import preferences
from tocsin.store.writes.preferences import Choice, Owner, chose, chose_habits, routed_mail

router = Router(tags=["Notification preferences"])

HABITS = "/users/{user}/notifications/"
FINE = HABITS + "{key}/"
EMAIL = "email"  # where mail goes, by project; all others are what to hear of
BY_PROJECT = ("alerts", "workflow", EMAIL)
BY_ORGANIZATION = ("approval", "deploy", "quota", "reports", "spikeProtection")


@dataclass(frozen=True, slots=True)
class _Tuned:
    """One value of a fine tuning: for which project or organization."""

    id: int
    value: str


@router.get(HABITS, response={200: Habits, **CLOSED}, summary="Whether you hear of your own doings")
def habits(request: CallerRequest, user: str) -> dict[str, bool]:
    return _habits(myself(request.auth, user))


@router.put(
    HABITS,
    response={200: Habits, **REFUSED, **CLOSED},
    summary="Choose whether you hear of your own doings",
    openapi_extra=sent(HabitsToSave),
)
def choose_habits(request: CallerRequest, user: str) -> dict[str, bool]:
    caller = myself(request.auth, user)
    body = json_object(request)
    now = _habits(caller)
    wrong = {key: ["Must be true or false."] for key in now if key in body and not isinstance(body[key], bool)}
    if wrong:
        raise RefusedError(wrong)
    wished = {**now, **{key: body[key] for key in now if key in body}}
    chose_habits(
        caller.user,
        hears_own_activity=wished["personalActivityNotifications"],
        assigns_self_on_resolve=wished["selfAssignOnResolve"],
    )
    return _habits(caller)


def _habits(caller: Caller) -> dict[str, bool]:
    return {
        "personalActivityNotifications": caller.user.hears_own_activity,
        "selfAssignOnResolve": caller.user.assigns_self_on_resolve,
    }


@router.get(FINE, response={200: dict[str, str], **CLOSED}, summary="List your choices about one thing")
def fine_tuning(request: CallerRequest, user: str, key: str) -> dict[str, str]:
    caller, scope = myself(request.auth, user), _scope(key)
    allowed = set(scopes_of(caller)[scope].values())
    if key == EMAIL:
        found = preferences.project_emails(caller.user.pk)
        return {str(project): email for project, email in found.items() if project in allowed}
    return {
        str(row.scope_id): row.value
        for row in preferences.of_person(caller.user.pk)
        if (row.scope, row.type, row.provider) == (scope, key, "") and row.scope_id in allowed
    }


@router.put(FINE, response={204: None, **REFUSED, **CLOSED}, summary="Choose about one thing, place by place")
def fine_tune(request: CallerRequest, user: str, key: str) -> Status[None]:
    caller, scope = myself(request.auth, user), _scope(key)
    tuned = _tuned(caller, key, scope, json_object(request))
    with one_transaction():
        for one in tuned:
            if key == EMAIL:
                routed_mail(caller.user.pk, one.id, one.value)
            else:
                chose(Owner(caller.user.pk), scope, one.id, [Choice(key, "", one.value)])
    return Status(204, None)


def _scope(key: str) -> Scope:
    if key in BY_PROJECT:
        return Scope.PROJECT
    if key in BY_ORGANIZATION:
        return Scope.ORGANIZATION
    known = ", ".join(sorted((*BY_PROJECT, *BY_ORGANIZATION)))
    raise MissingError(f"There is nothing called that to choose about. Choose about one of: {known}.")


def _tuned(caller: Caller, key: str, scope: Scope, body: Mapping[str, Any]) -> list[_Tuned]:
    """All of a body, or a reason for each place that does not fit and nothing is written."""
    allowed = scopes_of(caller)[scope]
    emails = preferences.verified_emails(caller.user.pk) if key == EMAIL else []
    wrong: dict[str, list[str]] = {}
    tuned = []
    for place, sent_value in body.items():
        value, reason = _address(sent_value, emails) if key == EMAIL else _value(sent_value, key)
        if place not in allowed:
            reason = f"You belong to no such {scope.value}."
        if reason:
            wrong[place] = [reason]
        else:
            tuned.append(_Tuned(allowed[place], value))
    if wrong:
        raise RefusedError(wrong)
    return tuned


def _value(sent_value: object, key: str) -> tuple[str, str]:
    value = in_words(sent_value)
    known = (*TYPES[key].values, DEFAULT)
    return (value, "") if value in known else ("", f"Give one of: {', '.join(known)}.")


def _address(sent_value: object, emails: list[str]) -> tuple[str, str]:
    """ "" goes back to the account's own address."""
    if sent_value in ("", None):
        return "", ""
    email = str(sent_value).lower()
    if email not in emails:
        return "", "That is none of your verified addresses. Add it under Account, then open the link sent there."
    return ("" if email == emails[0] else email), ""

"""Who calls the API, and what they may enter: every address is looked up through the caller's own membership."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.http import HttpRequest
from ninja.utils import check_csrf

from tocsin.api.errors import ForbiddenError, MissingError
from tocsin.core.roles import MAY_MANAGE, MAY_READ
from tocsin.pipeline import clock
from tocsin.store.models import ApiToken, Membership, Organization, Project, User
from tocsin.store.queries import api_places, api_tokens
from tocsin.store.queries.rules import is_of_organization, watching
from tocsin.store.writes import api_tokens as token_writes

NOTICED_EVERY = timedelta(minutes=1)  # one write a minute and token, not one a call


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, by a token that is bound to one organization or by their session (organization None)."""

    user: User
    organization_id: int | None
    now: datetime


class CallerRequest(HttpRequest):
    """A request after `authenticate`: ninja puts what that returned into `auth`."""

    auth: Caller


class TokenOrSession:
    """`authenticate` with the words that describe it in OpenAPI."""

    openapi_security_schema: ClassVar[dict[str, str]] = {"type": "http", "scheme": "bearer"}

    def __call__(self, request: HttpRequest) -> Caller | None:
        return authenticate(request)


def authenticate(request: HttpRequest) -> Caller | None:
    """The caller, by `Authorization: Bearer` or by session; None for neither. A session needs the CSRF token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        return _by_token(token.strip()) if scheme.lower() == "bearer" else None
    if not request.user.is_authenticated:
        return None
    if check_csrf(request) is not None:
        raise ForbiddenError("The CSRF token is missing or wrong; send it as X-CSRFToken.")
    return Caller(request.user, None, clock.now())


def _by_token(token: str) -> Caller | None:
    found = api_tokens.find(token)
    if found is None:
        return None
    now = clock.now()
    _notice(found, now)
    return Caller(found.user, found.organization_id, now)


def _notice(token: ApiToken, now: datetime) -> None:
    if token.last_used is None or now - token.last_used >= NOTICED_EVERY:
        token_writes.was_used(token.pk, now)


def enter(caller: Caller, organization: str) -> Membership:
    """The caller's membership; others' organizations are as if they did not exist."""
    found = api_places.membership(caller.user.pk, caller.organization_id, organization)
    if found is None:
        raise MissingError("There is no such organization, or you are not a member of it.")
    return found


def read_project(caller: Caller, organization: str, project: str) -> Project:
    """A project that the caller may read: any member's, not for the billing role."""
    return _project(enter(caller, organization), project)


def edit_project(caller: Caller, organization: str, project: str) -> Project:
    """A project whose rules and owners the caller may change: admins and above, and members of one of its teams."""
    membership = enter(caller, organization)
    found = _project(membership, project)
    if membership.role not in MAY_MANAGE and not api_places.is_on_team(caller.user.pk, found.pk):
        raise ForbiddenError("Only admins and members of the project's teams may change this.")
    return found


def edit_rule(caller: Caller, organization: str, project: str, rule_id: int) -> Project:
    """The project of a rule that the caller may change; one of all projects is for those who manage all."""
    if is_of_organization(rule_id) and not may_manage(caller, organization):
        raise ForbiddenError("This rule is of all projects: only owners, managers and admins may change it.")
    return edit_project(caller, organization, project)


def edit_own(caller: Caller, organization: str, project: str, rule_id: int) -> Project:
    """The project whose own rule the caller may change; one of all projects is changed at its own address."""
    found = edit_project(caller, organization, project)
    if watching(found.pk).filter(pk=rule_id, organization__isnull=False).exists():
        address = f"/api/0/organizations/{organization}/rules/{rule_id}/"
        raise ForbiddenError(f"This rule is of all projects: change it at {address}.")
    return found


def edit_organization(caller: Caller, organization: str) -> Organization:
    """An organization whose rules of all projects the caller may change: owners, managers and admins."""
    membership = enter(caller, organization)
    if membership.role not in MAY_MANAGE:
        raise ForbiddenError("Only owners, managers and admins may change rules of all projects.")
    return membership.organization


def may_manage(caller: Caller, organization: str) -> bool:
    """Whether the caller's role lets them change every project."""
    return enter(caller, organization).role in MAY_MANAGE


def may_read(membership: Membership) -> bool:
    return membership.role in MAY_READ


def _project(membership: Membership, called: str) -> Project:
    if not may_read(membership):
        raise ForbiddenError(f"The role {membership.role!r} does not include projects.")
    found = api_places.project(membership.organization_id, called)
    if found is None:
        raise MissingError("There is no such project in this organization.")
    return found

"""Who may see a page: someone signed in, and a member of the organization that its address names."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from tocsin.core.roles import MAY_READ
from tocsin.pipeline import clock
from tocsin.store.models import Membership, Organization, User
from tocsin.store.queries import accounts
from tocsin.store.queries.accounts import Navigation
from tocsin.store.writes import accounts as account_writes

P = ParamSpec("P")
ACTIVE_WITHIN = timedelta(minutes=5)  # one write in five minutes of reading, not one a page
LINK_COUNTS_FOR = timedelta(minutes=15)  # as long as a link stands in for a password that was forgotten
_CAME_BY_LINK = "came_by_link"


class PersonRequest(HttpRequest):
    """A request by someone signed in. `now` is read once, so that all of a page agrees."""

    person: User
    now: datetime
    navigation: Navigation


class MemberRequest(PersonRequest):
    """A request within an organization by one of its members; look everything up through `organization`."""

    organization: Organization
    membership: Membership


def signed_in(
    view: Callable[Concatenate[PersonRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """For a person's own pages; the navigation shows their first organization."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        asked = cast("PersonRequest", request)
        memberships = _recognise(asked)
        organizations = [one.organization for one in memberships]
        first = organizations[0] if organizations else None
        asked.navigation = accounts.navigation(asked.person.pk, first, organizations)
        with timezone.override(zone_of(asked.person)):
            return view(asked, *args, **kwargs)

    return guarded


def member_of_organization(
    view: Callable[Concatenate[MemberRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """For `/<slug:organization>/…`: the view gets `request.organization`; others' organizations are 404.

    A role that reads no issues is refused, as by the API.
    """

    @wraps(view)
    def guarded(request: HttpRequest, organization: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        asked = cast("MemberRequest", request)
        memberships = _recognise(asked)
        membership = next((one for one in memberships if one.organization.slug == organization), None)
        if membership is None:
            raise Http404("There is no such organization, or you are not a member of it.")
        if membership.role not in MAY_READ:
            raise PermissionDenied(f"The role {membership.role!r} does not include issues and messages.")
        asked.membership = membership
        asked.organization = membership.organization
        everywhere = [one.organization for one in memberships]
        asked.navigation = accounts.navigation(asked.person.pk, asked.organization, everywhere)
        with timezone.override(zone_of(asked.person)):
            return view(asked, *args, **kwargs)

    return guarded


def _recognise(request: PersonRequest) -> list[Membership]:
    request.person = cast("User", request.user)
    request.now = clock.now()
    last = request.person.last_active
    if last is None or request.now - last > ACTIVE_WITHIN:
        account_writes.was_active(request.person.pk, request.now)
    return accounts.memberships(request.person.pk)


def zone_of(person: User) -> ZoneInfo:
    """The person's time zone; UTC for a name that this machine does not know."""
    try:
        return ZoneInfo(person.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def came_by_link(request: HttpRequest, now: datetime) -> None:
    """Remembers in the session that a one-time link opened it, and when."""
    request.session[_CAME_BY_LINK] = now.timestamp()


def has_just_come_by_link(request: PersonRequest) -> bool:
    """Whether a one-time link opened this session less than a quarter of an hour ago."""
    came = request.session.get(_CAME_BY_LINK)
    return came is not None and request.now.timestamp() - came < LINK_COUNTS_FOR.total_seconds()

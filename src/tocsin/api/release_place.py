"""What the addresses of releases share: the organization, what its clients sent, and how a page is cut."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

from tocsin.api.access import CallerRequest, enter, may_read
from tocsin.api.errors import ForbiddenError, MissingError, RefusedError
from tocsin.core.fields import InvalidFieldsError
from tocsin.pipeline.releases import UnknownReleaseError
from tocsin.store.queries import releases
from tocsin.store.queries.releases import Shown

T = TypeVar("T")

PER_PAGE = 100


def entered(request: CallerRequest, organization: str) -> int:
    """The organization's id; every member but the billing role may read and tell of releases."""
    membership = enter(request.auth, organization)
    if not may_read(membership):
        raise ForbiddenError(f"The role {membership.role!r} does not include releases.")
    return membership.organization_id


def done(what: Callable[[], T]) -> T:
    """What a command answers; what it refuses is a refusal by field, or nothing at this address."""
    try:
        return what()
    except InvalidFieldsError as error:
        raise RefusedError({name: [reason] for name, reason in error.reasons.items()}) from None
    except UnknownReleaseError as error:
        raise MissingError(str(error)) from None


def shown(organization_id: int, version: str, project_id: int | None = None) -> Shown:
    """A release; of a project that it is of, where one is named."""
    found = releases.one(organization_id, version)
    if found is None or (project_id is not None and project_id not in {one.id for one in found.projects}):
        raise MissingError("There is no such release here.")
    return found


def offset(request: HttpRequest) -> int:
    """Where the page begins: cursors are "0:OFFSET:0", as clients hand them back."""
    parts = request.GET.get("cursor", "").split(":")
    given = parts[1] if len(parts) == 3 else ""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0


def linked(response: HttpResponse, request: HttpRequest, *, has_more: bool) -> None:
    """The header by which Sentry's clients find the next page."""
    begin = offset(request)
    links = (
        ("previous", max(begin - PER_PAGE, 0), begin > 0),
        ("next", begin + PER_PAGE, has_more),
    )
    response["Link"] = ", ".join(
        f'<{request.path}?cursor=0:{place}:0>; rel="{name}"; results="{str(there).lower()}"; cursor="0:{place}:0"'
        for name, place, there in links
    )


def plain(body: Mapping[str, Any], project: str) -> dict[str, Any]:
    """A body that names its projects by its address."""
    return {**body, "projects": [project]}

"""Issues as Sentry's clients list them: a search, an order, a page and the cursors beside it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse

from tocsin.api import issues as one_issue
from tocsin.api.access import CallerRequest, enter, may_read, read_project
from tocsin.api.errors import AnsweredError, ForbiddenError
from tocsin.api.issue_json import issue_json
from tocsin.api.shapes import CLOSED, Detail, ListedIssue
from tocsin.core.search import parse
from tocsin.pipeline import links
from tocsin.store.queries import issue_api, issues
from tocsin.store.queries.issue_search import DEFAULT

router = one_issue.router  # one address, one router: PUT is there

MOST = 100
ANSWERS: dict[int, Any] = {200: list[ListedIssue], 400: Detail, **CLOSED}


class NotUnderstoodError(AnsweredError):
    """A parameter makes no sense."""


@router.get("/organizations/{organization}/issues/", response=ANSWERS, summary="Search an organization's issues")
def organization_issues(  # noqa: PLR0913, PLR0917 — the parameters of the wire
    request: CallerRequest,
    response: HttpResponse,
    organization: str,
    query: str = DEFAULT,
    sort: str = "date",
    limit: int = MOST,
    cursor: str = "",
) -> list[dict[str, Any]]:
    membership = enter(request.auth, organization)
    if not may_read(membership):
        raise ForbiddenError(f"The role {membership.role!r} does not include issues.")
    asked = _Asked(membership.organization_id, query, sort, limit, cursor)
    return _page(request, response, asked)


@router.get("/projects/{organization}/{project}/issues/", response=ANSWERS, summary="Search a project's issues")
def project_issues(  # noqa: PLR0913, PLR0917 — the parameters of the wire
    request: CallerRequest,
    response: HttpResponse,
    organization: str,
    project: str,
    query: str = DEFAULT,
    sort: str = "date",
    limit: int = MOST,
    cursor: str = "",
) -> list[dict[str, Any]]:
    place = read_project(request.auth, organization, project)
    return _page(request, response, _Asked(place.organization_id, query, sort, limit, cursor, place.slug))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A page that a caller wants; `project` narrows it."""

    organization_id: int
    query: str
    sort: str
    limit: int
    cursor: str
    project: str = ""


def _page(request: CallerRequest, response: HttpResponse, asked: _Asked) -> list[dict[str, Any]]:
    search = parse(asked.query)
    if search.faults:
        raise NotUnderstoodError(f"Error parsing search query: {' '.join(map(str, search.faults))}")
    if asked.sort not in issues.SORTS:
        raise NotUnderstoodError(f"sort takes {', '.join(issues.SORTS)}; it was {asked.sort[:40]!r}.")
    if not 1 <= asked.limit <= MOST:
        raise NotUnderstoodError(f"limit takes 1 to {MOST}.")
    cursor = issues.parse_cursor(asked.cursor, asked.sort)
    if asked.cursor and cursor is None:
        raise NotUnderstoodError("cursor is none that this address gave out with this sort.")
    page = issues.stream(
        asked.organization_id,
        search.within(asked.project),
        person_id=request.auth.user.pk,
        now=request.auth.now,
        sort=asked.sort,
        cursor=cursor,
        limit=asked.limit,
    )
    response["Link"] = _links(request, page)
    response["X-Hits"] = str(page.matches.number)
    response["X-Max-Hits"] = str(issues.COUNT_UP_TO)
    return [issue_json(one) for one in issue_api.listed([one.id for one in page.issues])]


def _links(request: CallerRequest, page: issues.Stream) -> str:
    """Both neighbours, each with whether there is anything there, as clients of Sentry page through lists."""
    return ", ".join(
        _link(request, rel, cursor) for rel, cursor in (("previous", page.newer), ("next", page.older))
    )


def _link(request: CallerRequest, rel: str, cursor: str) -> str:
    parameters = {**request.GET.dict(), "cursor": cursor}
    address = f"{links.base()}{request.path}?{urlencode(parameters)}"
    results = "true" if cursor else "false"
    return f'<{address}>; rel="{rel}"; results="{results}"; cursor="{cursor}"'

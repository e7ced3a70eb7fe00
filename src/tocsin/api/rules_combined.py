"""All alert rules of an organization in one list, whatever project they are of (behaviour §5.8)."""

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from tocsin.api.access import CallerRequest, enter, may_read
from tocsin.api.errors import ForbiddenError
from tocsin.api.pages import first_of, neighbours
from tocsin.api.rule_json import as_json
from tocsin.api.rules import words_of
from tocsin.api.shapes import CLOSED, Detail, Rule
from tocsin.store.queries import rules_api

router = Router(tags=["Alert rules"])


class CombinedRule(Rule):
    """`type` is always "rule": there are no others."""

    type: str


@router.get(
    "/organizations/{organization}/combined-rules/",
    response={200: list[CombinedRule], 400: Detail, **CLOSED},
    summary="List all alert rules of an organization",
)
def combined_rules(  # noqa: PLR0913, PLR0917 — the parameters of the wire
    request: CallerRequest,
    response: HttpResponse,
    organization: str,
    project: Query[list[str]] = [],  # noqa: B006 — ninja copies it
    name: str = "",
    per_page: int = 25,
    cursor: str = "",
) -> list[dict[str, Any]]:
    """Oldest first. `project` (slug or id, may be repeated) asks for what watches it, `name` for a part of one."""
    membership = enter(request.auth, organization)
    if not may_read(membership):
        raise ForbiddenError(f"The role {membership.role!r} does not include projects.")
    first = first_of(cursor, per_page)
    found = rules_api.combined(membership.organization_id, project, name, first, per_page + 1)
    response["Link"] = neighbours(request, first, per_page, more=len(found) > per_page)
    words = words_of(membership.organization_id, request.auth)
    return [{**as_json(one, one.rule.project, words), "type": "rule"} for one in found[:per_page]]

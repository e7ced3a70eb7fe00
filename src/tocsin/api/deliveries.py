"""The ledger: list, filter, read one with its tries, and send again what ended badly."""

from typing import Any

from ninja import Router

from tocsin.api.access import Caller, CallerRequest, enter, may_read
from tocsin.api.body import json_object
from tocsin.api.errors import ForbiddenError, MissingError, RefusedError
from tocsin.api.rule_json import moment
from tocsin.api.shapes import CLOSED, REFUSED, Deliveries, DeliveryShape, Replayed, ReplayToSend, sent
from tocsin.pipeline import deliver, ledger
from tocsin.store.queries import deliveries as queries
from tocsin.store.queries.deliveries import One, Row, Try

router = Router(tags=["Deliveries"])

MANY = "/organizations/{organization}/deliveries/"
MOST = 1_000
MOST_DIGITS = 18  # a bigint holds them
PARAMETERS = [
    {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
    for name in (*ledger.ASKED, "before")
]


@router.get(
    MANY,
    response={200: Deliveries, **REFUSED, **CLOSED},
    summary="List deliveries, newest first",
    openapi_extra={"parameters": PARAMETERS},
)
def list_deliveries(request: CallerRequest, organization: str) -> dict[str, Any]:
    organization_id = _organization(request.auth, organization)
    filters, reasons = ledger.read_filters(request.GET, request.auth.now)
    before = request.GET.get("before", "")
    if before and _id(before) is None:
        reasons["before"] = ["Give the `next` of the page before."]
    if reasons:
        raise RefusedError(reasons)
    page = queries.page(organization_id, filters, _id(before))
    return {"deliveries": [_row(row) for row in page.rows], "next": str(page.after) if page.after else None}


@router.post(
    MANY + "replay/",
    response={200: Replayed, **REFUSED, **CLOSED},
    summary="Send failed deliveries again",
    openapi_extra=sent(ReplayToSend),
)
def replay(request: CallerRequest, organization: str) -> dict[str, Any]:
    organization_id = _organization(request.auth, organization)
    body = json_object(request)
    ids, filters = body.get("deliveries"), body.get("filter")
    if (ids is None) == (filters is None):
        raise RefusedError({"deliveries": ["Send either `deliveries`, a list of ids, or `filter`; {} is all."]})
    if ids is not None:
        return {"replayed": _replay_some(request.auth, organization_id, ids)}
    if not isinstance(filters, dict) or set(filters) - set(ledger.ASKED):
        known = ", ".join(ledger.ASKED)
        raise RefusedError({"filter": [f"Send an object with some of: {known}."]})
    return {"replayed": _replay_all(request.auth, organization_id, filters)}


@router.get(MANY + "{delivery}/", response={200: DeliveryShape, **CLOSED}, summary="Read a delivery with its tries")
def read_delivery(request: CallerRequest, organization: str, delivery: str) -> dict[str, Any]:
    organization_id = _organization(request.auth, organization)
    number = _id(delivery)
    found = queries.one(organization_id, number) if number is not None else None
    if found is None:
        raise MissingError("There is no such delivery in this organization.")
    return _one(found)


def _replay_some(caller: Caller, organization_id: int, ids: object) -> int:
    numbers = [_id(str(one)) for one in ids] if isinstance(ids, list) else [None]
    if None in numbers or len(numbers) > MOST:
        raise RefusedError({"deliveries": [f"Send a list of at most {MOST} ids."]})
    return deliver.replay(
        organization_id=organization_id,
        delivery_ids=[number for number in numbers if number is not None],
        actor_id=caller.user.pk,
        by=caller.user.display_name,
        now=caller.now,
    )


def _replay_all(caller: Caller, organization_id: int, asked: dict[str, Any]) -> int:
    filters, reasons = ledger.read_filters(asked, caller.now)
    if reasons:
        raise RefusedError(reasons)
    return ledger.replay_matching(
        organization_id=organization_id,
        filters=filters,
        actor_id=caller.user.pk,
        by=caller.user.display_name,
        now=caller.now,
    )


def _organization(caller: Caller, called: str) -> int:
    membership = enter(caller, called)
    if not may_read(membership):
        raise ForbiddenError(f"The role {membership.role!r} does not include deliveries.")
    return membership.organization_id


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "state": row.state,
        "reason": row.reason,
        "provider": row.provider,
        "label": row.label,
        "kind": row.kind,
        "issue": str(row.issue_id) if row.issue_id else None,
        "attempts": row.attempts,
        "dateCreated": moment(row.date_added),
        "dateDue": moment(row.due),
        "dateDone": moment(row.date_done),
    }


def _one(found: One) -> dict[str, Any]:
    return {
        **_row(found.row),
        "key": found.key,
        "event": found.event_id or None,
        "integration": str(found.integration_id) if found.integration_id else None,
        "trace": list(found.trace),
        "tries": [_try(one) for one in found.tries],
    }


def _try(one: Try) -> dict[str, Any]:
    return {
        "number": one.number,
        "outcome": one.outcome,
        "status": one.status,
        "reason": one.reason,
        "excerpt": one.excerpt,
        "started": moment(one.started),
        "milliseconds": one.milliseconds,
    }

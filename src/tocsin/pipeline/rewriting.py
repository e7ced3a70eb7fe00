"""Rewriting: a message that stands somewhere says something else from now on, in its own place.

What it is to say comes from whoever knows: `living` of issues, `living_requests` of requests to be let in.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.acts import REWRITTEN
from tocsin.core.fields import InvalidFieldsError, parse
from tocsin.core.people import Directory
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.sending import BROADCAST, EDIT
from tocsin.engine.port import put
from tocsin.pipeline import outgoing
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.db import after_commit
from tocsin.store.queries.living import Standing
from tocsin.store.writes.notifications import DeliveryRow, NotificationRow


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A message, and what it is to say: its facts as JSON. `refused` is why that has to wait, if it has."""

    standing: Standing
    organization_id: int
    project_id: int | None
    text: str
    refused: Reason | None = None


def able() -> list[str]:
    """The services that can rewrite what they were sent."""
    return [slug for slug, provider in catalogue().providers.items() if provider.edit is not None]


def first_at_each_place(there: Sequence[Standing], coming: Sequence[Standing]) -> list[Standing]:
    """The messages that stand there, and those on their way to where none stands yet: they are rewritten once they
    do. One at a place that this version cannot read stays as it is."""
    known = {(one.lane_id, one.conversation) for one in there}
    first = {(one.lane_id, one.conversation): one for one in reversed(coming)}
    found = [*there, *(one for place, one in first.items() if place not in known)]
    return [one for one in found if _has_address(one)]


def _has_address(one: Standing) -> bool:
    try:
        parse(catalogue().providers[one.provider].address, one.address)
    except InvalidFieldsError:
        return False
    return True


def refused(here: Directory, integration_id: int | None) -> Reason | None:
    """A broken integration holds what goes through it until it is mended."""
    connection = here.connections.get(integration_id or 0)
    return Reason.INTEGRATION_BROKEN if connection and connection.broken else None


def queue(rewritings: Sequence[Rewriting], now: datetime) -> None:
    """A notification for each message that is rewritten: what waits for its turn says something newer by then,
    what has left stays in the ledger as it was said. Within a transaction."""
    notifications: list[NotificationRow] = []
    deliveries: list[tuple[str, DeliveryRow]] = []
    for one in rewritings:
        row = _notification(one, now)
        notifications.append(row)
        deliveries.append((row.uuid, _delivery(one, row, now)))
    if deliveries:
        outgoing.write(notifications, deliveries)
        after_commit(lambda: put("deliver"))


def _delivery(one: Rewriting, row: NotificationRow, now: datetime) -> DeliveryRow:
    """The way of the message that it rewrites, whatever the place is called today."""
    sent = one.standing
    address = parse(catalogue().providers[sent.provider].address, sent.address)
    to = Destination(sent.provider, address, sent.label, sent.integration_id, sent.user_id)
    detail = {name: value for name, value in sent.detail.items() if name != BROADCAST} | {"act": EDIT}
    made = outgoing.delivery(row, to, now, detail=detail, refused=one.refused, conversation=sent.conversation)
    return made._replace(lane=sent.lane)


def _notification(one: Rewriting, now: datetime) -> NotificationRow:
    sent = one.standing
    step = Step(
        f"channel:{sent.label}", sent.label, Verdict.ADDED, Reason.REWRITTEN, f"delivery:{sent.delivery_id}"
    )
    return NotificationRow(
        one.organization_id,
        one.project_id,
        sent.issue_id or None,
        uuid.uuid4().hex,
        sent.kind,
        REWRITTEN,
        "",
        one.text,
        outgoing.text([step.as_json()]),
        now,
    )

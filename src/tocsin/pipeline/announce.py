"""Announce: say one thing, to destinations that are already chosen (a test, an invitation) or to a plan."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tocsin.core.people import Directory
from tocsin.core.plan import Destination, Routed
from tocsin.core.reasons import Step
from tocsin.engine.port import put
from tocsin.pipeline import outgoing
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.db import after_commit, one_transaction
from tocsin.store.queries import outbox
from tocsin.store.writes import activities
from tocsin.store.writes.notifications import NotificationRow


def announce(  # noqa: PLR0913 — a notification is its columns
    *,
    organization_id: int,
    kind: str,
    facts: Any,
    destinations: Sequence[Destination],
    now: datetime,
    project_id: int | None = None,
    issue_id: int | None = None,
    trace: Sequence[Step] = (),
    wake: bool = True,
) -> list[int]:
    """Records a notification with one queued delivery per destination; the deliveries' ids in that order."""
    notification = NotificationRow(
        organization_id,
        project_id,
        issue_id,
        uuid.uuid4().hex,
        kind,
        catalogue().kinds[kind].category,
        "",
        outgoing.text(facts),
        outgoing.text([step.as_json() for step in trace]),
        now,
    )
    queued = [outgoing.delivery(notification, to, now, detail={}) for to in destinations]
    with one_transaction():
        outgoing.write([notification], [(notification.uuid, row) for row in queued])
        by_key = outbox.ids_by_key(organization_id, [row.key for row in queued])
        if wake:
            after_commit(lambda: put("deliver"))
    return [by_key[row.key] for row in queued]


def tell(  # noqa: PLR0913 — a notification is its columns
    *,
    organization_id: int,
    kind: str,
    facts: Any,
    routed: Routed,
    here: Directory,
    now: datetime,
    project_id: int | None = None,
    conversation: str = "",
) -> None:
    """Records a notification as it was routed: who hears, who was considered and does not. Within a transaction.

    A `conversation` is named for what is said anew later, wherever it stands.
    """
    row = NotificationRow(
        organization_id,
        project_id,
        None,
        uuid.uuid4().hex,
        kind,
        catalogue().kinds[kind].category,
        "",
        outgoing.text(facts),
        outgoing.text([step.as_json() for step in routed.trace]),
        now,
    )
    deliveries = [
        outgoing.delivery(
            row,
            planned.destination,
            now,
            detail={"reason": planned.reason},
            refused=planned.suppressed,
            conversation=conversation,
        )
        for planned in routed.planned
    ]
    ids = outgoing.write([row], [(row.uuid, delivery) for delivery in deliveries])
    activities.untold([(ids[row.uuid], missed) for missed in routed.untold(here)], now)
    after_commit(lambda: put("deliver"))

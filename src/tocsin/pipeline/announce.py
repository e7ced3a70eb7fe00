"""Announce: say one thing to destinations that are already chosen (a test, an invitation), by the same outbox."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tocsin.core.delivery import State
from tocsin.core.fields import as_mapping
from tocsin.core.reasons import Step
from tocsin.core.route import Destination
from tocsin.engine import wake as bell
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.db import after_commit, one_transaction
from tocsin.store.queries import outbox
from tocsin.store.writes import notifications as ledger
from tocsin.store.writes.notifications import DeliveryRow, NotificationRow


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
        json.dumps(asdict(facts)),
        json.dumps([step.as_json() for step in trace]),
        now,
    )
    queued = [_delivery(notification, to, now) for to in destinations]
    with one_transaction():
        ids = ledger.record([notification])
        ledger.queue([(ids[notification.uuid], row) for row in queued])
        by_key = outbox.ids_by_key(organization_id, [row.key for row in queued])
        if wake:
            after_commit(lambda: bell.ring("deliver"))
    return [by_key[row.key] for row in queued]


def _delivery(notification: NotificationRow, to: Destination, now: datetime) -> DeliveryRow:
    conversation = f"issue:{notification.issue_id}" if notification.issue_id else notification.uuid
    return DeliveryRow(
        notification.organization_id,
        to.provider,
        to.integration_id,
        to.user_id,
        json.dumps(as_mapping(to.address)),
        to.label[:320],
        "{}",
        conversation,
        uuid.uuid4().hex,
        State.QUEUED.value,
        "",
        now,
        now,
    )

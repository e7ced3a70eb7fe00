"""What a decision leaves in the outbox: a notification and its deliveries, each in its lane."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from tocsin.core.delivery import State
from tocsin.core.fields import as_mapping
from tocsin.core.plan import Destination
from tocsin.core.reasons import SENTENCES, Reason
from tocsin.core.threads import conversation_of
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.writes import notifications as ledger
from tocsin.store.writes.notifications import DeliveryRow, NotificationRow

LANE_NAME = 200


def write(
    notifications: Sequence[NotificationRow], deliveries: Sequence[tuple[str, DeliveryRow]]
) -> dict[str, int]:
    """Records notifications with the deliveries decided for them (by uuid); the notifications' ids by uuid."""
    ids = ledger.record(notifications, Counter(name for name, _ in deliveries))
    ledger.queue([(ids[name], row) for name, row in deliveries])
    return ids


def delivery(  # noqa: PLR0913 — a delivery is its columns
    notification: NotificationRow,
    to: Destination,
    now: datetime,
    *,
    detail: Any,
    refused: Reason | None = None,
    conversation: str = "",
) -> DeliveryRow:
    """A destination's row: queued, held while its integration is broken, or suppressed with its reason.

    `conversation` is another than the issue's own, for what has a thread to itself.
    """
    conversation = conversation or _conversation(notification)
    state = _state(refused)
    return DeliveryRow(
        notification.organization_id,
        to.provider,
        to.integration_id,
        to.user_id,
        text(as_mapping(to.address)),
        to.label[:320],
        text(detail),
        conversation,
        uuid.uuid4().hex,
        state.value,
        SENTENCES[refused] if refused else "",
        now if state is State.QUEUED else None,
        now,
        lane_of(to, conversation),
    )


def _conversation(notification: NotificationRow) -> str:
    return conversation_of(notification.issue_id) if notification.issue_id else notification.uuid


def _state(refused: Reason | None) -> State:
    if refused is None:
        return State.QUEUED
    return State.HELD if refused is Reason.INTEGRATION_BROKEN else State.SUPPRESSED


def lane_of(to: Destination, conversation: str) -> str:
    """The name of the lane that a destination's deliveries share."""
    within = catalogue().providers[to.provider].lane(to.address, conversation)
    name = f"{to.provider}:{to.integration_id or 0}:{within}"
    if len(name) <= LANE_NAME:
        return name
    return f"{name[: LANE_NAME - 33]}#{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def text(value: Any) -> str:
    """Dataclasses too, in a tenth of the time that asdict and json take: this runs for each recipient."""
    return msgspec.json.encode(value).decode()

"""Journal: one line for each batch, firing and try, with the one id that leads from the event to the delivery.

Never a body, an address or a secret: ids, counts, outcomes, and reasons that are masked already.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import structlog

from tocsin.core.additions import Fault
from tocsin.store.queries.outbox import Job

_digest = structlog.get_logger("tocsin.digest")
_firing = structlog.get_logger("tocsin.firing")
_attempt = structlog.get_logger("tocsin.attempt")
_addition = structlog.get_logger("tocsin.addition")

# How a try is told: what went as it should is for whoever follows one event, at debug.
_LEVELS = {"retry": "info", "unknown": "warning", "refused": "warning", "gone": "warning"}


class Try(Protocol):
    """What came of one try, as pipeline.deliver.Tried has it."""

    @property
    def job(self) -> Job: ...
    @property
    def outcome(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def started(self) -> datetime: ...
    @property
    def milliseconds(self) -> int: ...
    @property
    def due(self) -> datetime | None: ...


def digested(results: dict[str, int], notifications: int, deliveries: int, milliseconds: float) -> None:
    """A batch is in the database."""
    _digest.info(
        "digested",
        **{name: count for name, count in results.items() if count},
        notifications=notifications,
        deliveries=deliveries,
        milliseconds=round(milliseconds, 1),
    )


def fired(event_id: str, issue: int, rules: Iterable[int], notification: str) -> None:
    """Rules fired for an event, and this notification says so."""
    _firing.info("fired", event_id=event_id, issue=issue, rules=list(rules), notification=notification)


def about(event_id: str, delivery: str) -> None:
    """What this task says from now on is about this delivery."""
    structlog.contextvars.bind_contextvars(event_id=event_id, delivery=delivery)


def tried(one: Try) -> None:
    """A try came back, of what `about` named: the event, and the delivery by its idempotency key."""
    say = getattr(_attempt, _LEVELS.get(one.outcome, "debug"))
    words = {"reason": one.reason} if one.reason else {}
    again = {"next": one.due.isoformat()} if one.due else {}
    say(
        one.outcome,
        notification=one.job.notification,
        provider=one.job.provider,
        attempt=one.job.attempts,
        status=one.status,
        milliseconds=one.milliseconds,
        state=one.state,
        **words,
        **again,
    )


def left_out(job: Job, faults: Iterable[Fault]) -> None:
    """Something of a plug-in's was not added to a delivery's message."""
    for fault in faults:
        _addition.warning(
            "left_out",
            event_id=job.event_id,
            delivery=job.key,
            kind=job.kind,
            addition=fault.addition.slug,
            name=fault.addition.name,
            reason=fault.reason,
        )

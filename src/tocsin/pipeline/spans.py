"""Spans: each digested batch and each try as OpenTelemetry shows them, where somebody collects them.

A span is made of what is known when it is over, so that nothing is paid while nobody listens. Its names are those
that people know from Sentry: `notification.send_slack` for a try over Slack.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from tocsin.pipeline.journal import Try

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_NANOSECONDS = 1_000_000_000
_listening: "Tracer | None" = None


def listen(tracer: "Tracer | None") -> None:
    """From now on spans go to this tracer; None ends it."""
    global _listening  # noqa: PLW0603 — one a process, set at its start
    _listening = tracer


def tried(one: Try) -> None:
    """A try came back. No address, no text and no secret is in its span."""
    if _listening is None:
        return
    from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415 — of the extra `otel`

    job, began = one.job, int(one.started.timestamp() * _NANOSECONDS)
    span = _listening.start_span(
        f"notification.send_{job.provider}",
        kind=SpanKind.CLIENT,
        start_time=began,
        attributes={
            "tocsin.step": "notify_recipient",
            "tocsin.kind": job.kind,
            "tocsin.provider": job.provider,
            "tocsin.notification": job.notification,
            "tocsin.delivery": job.key,
            "tocsin.event_id": job.event_id,
            "tocsin.attempt": job.attempts,
            "tocsin.outcome": one.outcome,
            "tocsin.state": one.state,
            "http.response.status_code": one.status,
        },
    )
    if one.outcome != "delivered":
        span.set_status(Status(StatusCode.ERROR, one.reason))
    span.end(began + one.milliseconds * _NANOSECONDS // 1000)


def digested(
    results: dict[str, int], notifications: int, deliveries: int, now: datetime, milliseconds: float
) -> None:
    """A batch is in the database; `now` is when it was begun."""
    if _listening is None:
        return
    began = int(now.timestamp() * _NANOSECONDS)
    counts = {f"tocsin.events.{name}": count for name, count in results.items()}
    span = _listening.start_span(
        "digest",
        start_time=began,
        attributes={**counts, "tocsin.notifications": notifications, "tocsin.deliveries": deliveries},
    )
    span.end(began + int(milliseconds * _NANOSECONDS / 1000))

"""Breakers and broken integrations, as rows that every sender sees."""

from datetime import datetime, timedelta

from tocsin.core.breaker import Breaker, BreakerState
from tocsin.store.models import Integration, Lane
from tocsin.store.versions import organization_changed
from tocsin.store.writes import lanes, outbox


def locked(integration_id: int) -> Breaker | None:
    """The breaker of an integration, locked until the end of the transaction; None when it was removed."""
    row = (
        Integration.objects.select_for_update()
        .filter(pk=integration_id)
        .values_list("breaker", "breaker_failures", "breaker_opened", "breaker_until")
        .first()
    )
    return Breaker(BreakerState(row[0]), *row[1:]) if row else None


def became(integration_id: int, before: Breaker, breaker: Breaker, now: datetime, probe: timedelta) -> None:
    """Keeps a breaker that changed, and lets its lanes wait or go on. `probe` bounds how long a probe may take."""
    if breaker == before:
        return
    Integration.objects.filter(pk=integration_id).update(
        breaker=breaker.state.value,
        breaker_failures=breaker.failures,
        breaker_opened=breaker.opened,
        breaker_until=breaker.until,
    )
    if breaker.state is BreakerState.OPEN and breaker.until:
        lanes.wait_for_probe(integration_id, breaker.until, breaker.until + probe)
    elif before.state is not BreakerState.CLOSED:
        lanes.go_on(integration_id, now)


def broke(integration_id: int, reason: str) -> bool:
    """The account is closed to us: what waits is held until somebody mends it; whether that is news."""
    news = Integration.objects.filter(pk=integration_id, broken="").update(broken=reason[:500])
    if news:
        organization_changed(
            *Integration.objects.filter(pk=integration_id).values_list("organization_id", flat=True)
        )
        outbox.hold(integration_id, f"The integration is broken: {reason}")
    return bool(news)


def mended(integration_id: int, now: datetime) -> int:
    """It works again: the breaker is closed and what was held is queued; how many."""
    found = Integration.objects.filter(pk=integration_id)
    found.update(broken="", breaker="closed", breaker_failures=0, breaker_opened=0, breaker_until=None)
    organization_changed(*found.values_list("organization_id", flat=True))
    return outbox.release(integration_id, now)


def gone(lane_id: int, reason: str) -> bool:
    """A place is gone; whether that is news."""
    return bool(Lane.objects.filter(pk=lane_id, broken="").update(broken=reason[:500]))

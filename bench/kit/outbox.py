"""An outbox to be emptied: messages queued as the digest leaves them, and the embedded engine on the real stage."""

import asyncio
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

AT_ONCE = 200


def lift_the_pace() -> None:
    """One message a second and channel is Slack's rule, not ours; the figure is about us."""
    from tocsin.core.pace import UNPACED
    from tocsin.core.registry import Catalogue
    from tocsin.pipeline import catalogue as loaded

    kept = loaded.catalogue
    known = kept()
    lifted = {slug: replace(one, pace=UNPACED, at_once=AT_ONCE) for slug, one in known.providers.items()}
    made = Catalogue(lifted, known.kinds, known.conditions)
    for module in list(sys.modules.values()):
        if getattr(module, "catalogue", None) is kept:
            module.catalogue = lambda: made  # type: ignore[attr-defined]


class Workspace(NamedTuple):
    """Whose messages they are, and which Slack they go to."""

    organization: int
    project: int
    integration: int


def queue(to: Workspace, numbers: Sequence[int], places: int, late: timedelta = timedelta(seconds=1)) -> None:
    """Messages of these numbers, due for so long, in turn to so many channels; each is about another issue."""
    from tocsin.pipeline import clock
    from tocsin.store.db import one_transaction

    now = clock.now() - late
    for start in range(0, len(numbers), 500):
        with one_transaction():
            _write(to, numbers[start : start + 500], places, now)


def _write(to: Workspace, numbers: Sequence[int], places: int, now: datetime) -> None:
    from tocsin.core.plan import Destination
    from tocsin.notifications.issue_alert import NOTIFICATION_KIND
    from tocsin.pipeline import outgoing
    from tocsin.providers.slack.send import Address
    from tocsin.store.writes.notifications import NotificationRow

    detail = {"rules": [3], "reason": "", "notes": "", "tags": ["browser"]}
    rows, deliveries = [], []
    for number in numbers:
        facts = outgoing.text(_facts(number))
        kind = NOTIFICATION_KIND.slug
        about = (kind, "alerts", "", facts, "[]", now)
        row = NotificationRow(to.organization, to.project, None, uuid.uuid4().hex, *about)
        place = f"C{number % places:06d}"
        address = Destination("slack", Address(f"#{place}", place), f"#{place}", to.integration)
        rows.append(row)
        deliveries.append((row.uuid, outgoing.delivery(row, address, now, detail=detail)))
    outgoing.write(rows, deliveries)


def _facts(number: int) -> Any:
    """What differs from one issue to the next differs here, so that nothing is remembered that could not be."""
    from tocsin.notifications.issue_alert import EXAMPLE

    seen = datetime(2026, 11, 21, 9, 0, tzinfo=UTC) + timedelta(seconds=number)
    return replace(
        EXAMPLE,
        issue_id=number,
        short_id=f"SHOP-{number}",
        issue_url=f"https://tocsin.example/acme/issues/{number}/",
        title=f"ZeroDivisionError: division of {number} by zero",
        culprit=f"shop.cart in total_{number}",
        event_id=f"{number:032x}",
        stack=EXAMPLE.stack.replace("41", str(number)),
        times_seen=number + 2,
        first_seen=seen.isoformat(),
    )


@contextmanager
def an_engine(transport: Any, recorded: Callable[[Any], None]) -> Iterator[Any]:
    """The worker's engine with nothing to digest; `recorded` gets each batch that is in the ledger."""
    from tocsin.engine.embedded import Embedded, Sender
    from tocsin.engine.wake import Listener
    from tocsin.ops.settings import load
    from tocsin.pipeline import clock, deliver
    from tocsin.pipeline.flying import Flying

    sys.setswitchinterval(0.001)  # as the worker has it
    flying = Flying()

    def turn(tried: Any, limit: int) -> Any:
        claimed = deliver.turn(tried, limit, clock.now(), flying)
        recorded(tried)
        return claimed

    sender = Sender(
        turn=turn,
        send=lambda ready: deliver.send(ready, transport),
        record=lambda tried: deliver.record(tried, clock.now()),
        idle_for=lambda: deliver.idle_for(clock.now(), flying),
    )
    listener = Listener(load().wake_socket)
    try:
        yield Embedded(listener, lambda: (0, 0), sender, [])
    finally:
        listener.close()


async def drain(expected: int) -> None:
    """Sends what is queued until so many tries are in the ledger."""
    from tocsin.ops.collector import collect_rarely
    from tocsin.pipeline.outward import a_transport

    loop = asyncio.get_running_loop()
    left = expected

    def count(tried: Any) -> None:
        nonlocal left
        left -= len(tried)
        if left <= 0:
            loop.call_soon_threadsafe(engine.stop)

    async with a_transport() as transport:
        with an_engine(transport, count) as engine:
            collect_rarely()
            await engine.run()

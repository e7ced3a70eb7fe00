"""From the spool or the broker to the digest, batch by batch; one body that cannot be digested stops no other."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError

from tocsin.core import faults
from tocsin.engine.spool import Accepted, SpoolReader
from tocsin.pipeline import clock
from tocsin.pipeline.digest import DAY, digest
from tocsin.pipeline.digest import digest_delivered as delivered
from tocsin.store.db import one_transaction
from tocsin.store.writes import events
from tocsin.store.writes.events import Rejected

log = logging.getLogger("tocsin.digest")

BATCH = 500
BATCH_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Done:
    """What one turn did: `bodies` taken from the spool, `deliveries` queued."""

    bodies: int = 0
    deliveries: int = 0


def digest_some(reader: SpoolReader) -> Done:
    """Digests the oldest batch of the spool and forgets it; nothing for an empty spool.

    Raises what the database raises while it is locked, full or away: the batch then stays where it is.
    """
    batch = reader.read(0, BATCH, BATCH_BYTES)
    if not batch:
        return Done()
    deliveries = _digest(batch, reader.identity)
    faults.point("digest.before_forget")
    reader.forget(batch[-1].id)
    return Done(len(batch), deliveries)


def digest_delivered(batch: Sequence[Accepted]) -> int:
    """Digests what a broker brought; the deliveries queued. Bringing it again changes nothing.

    Raises what the database raises while it is away: the batch has to be brought again.
    """
    deliveries = _halved(batch, lambda part: delivered(part, clock.now()).deliveries, _set_delivered_aside)
    faults.point("digest.before_forget")
    return deliveries


def _digest(batch: Sequence[Accepted], spool: str) -> int:
    return _halved(
        batch,
        lambda part: digest(part, spool, clock.now()).deliveries,
        lambda body, reason: _set_aside(body, spool, reason),
    )


def _halved(
    batch: Sequence[Accepted],
    digest_part: Callable[[Sequence[Accepted]], int],
    set_aside: Callable[[Accepted, str], None],
) -> int:
    """The batch or, when something in it fails, its halves, down to the one body that fails: it is set aside."""
    try:
        return digest_part(batch)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(batch) == 1:
            of = (batch[0].event_id, batch[0].project_id)
            log.exception("The event %s of project %s could not be digested; its body is set aside.", *of)
            set_aside(batch[0], f"{type(error).__name__}: {error}")
            return 0
    middle = len(batch) // 2
    return _halved(batch[:middle], digest_part, set_aside) + _halved(batch[middle:], digest_part, set_aside)


def _set_aside(body: Accepted, spool: str, reason: str) -> None:
    with one_transaction():
        events.reject([_rejected(body, reason)])
        events.digested_up_to(spool, body.id)


def _set_delivered_aside(body: Accepted, reason: str) -> None:
    with one_transaction():
        if events.take_ids([(body.project_id, body.event_id)], int(body.received) // DAY):
            events.reject([_rejected(body, reason)])


def _rejected(body: Accepted, reason: str) -> Rejected:
    received = datetime.fromtimestamp(body.received, UTC)
    return Rejected(body.project_id, received, reason, body.body, body.encoding, body.event_id)

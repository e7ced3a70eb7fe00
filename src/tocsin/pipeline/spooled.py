"""From the spool to the digest, batch by batch; one body that cannot be digested stops no other."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError

from tocsin.core import faults
from tocsin.engine.spool import Accepted, SpoolReader
from tocsin.pipeline import clock
from tocsin.pipeline.digest import digest
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


def _digest(batch: Sequence[Accepted], spool: str) -> int:
    """The batch or, when something in it fails, its halves, down to the one body that fails: it is set aside."""
    try:
        return digest(batch, spool, clock.now()).deliveries
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(batch) == 1:
            log.exception("A body of project %s could not be digested; it is set aside.", batch[0].project_id)
            _set_aside(batch[0], spool, f"{type(error).__name__}: {error}")
            return 0
    middle = len(batch) // 2
    return _digest(batch[:middle], spool) + _digest(batch[middle:], spool)


def _set_aside(body: Accepted, spool: str, reason: str) -> None:
    received = datetime.fromtimestamp(body.received, UTC)
    with one_transaction():
        events.reject([Rejected(body.project_id, received, reason, body.body, body.encoding)])
        events.digested_up_to(spool, body.id)

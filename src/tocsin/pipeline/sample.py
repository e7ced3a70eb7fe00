"""The row of an event that is kept whole."""

from datetime import UTC, datetime

import msgspec
from isal import isal_zlib

from tocsin.pipeline.reading import Seen
from tocsin.store.writes.events import KeptEvent


def kept(one: Seen) -> KeptEvent:
    event = one.arrived.event
    return KeptEvent(
        one.issue.project_id,
        one.issue.id,
        event.event_id,
        datetime.fromtimestamp(event.timestamp, UTC),
        one.arrived.received,
        event.level,
        event.environment,
        event.release,
        event.title[:255],
        msgspec.json.encode(event.tags).decode(),
        isal_zlib.compress(one.arrived.payload, 1),
    )

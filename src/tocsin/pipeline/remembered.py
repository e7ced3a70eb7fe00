"""A kept event as decisions read it: its columns at once, the rest of it when somebody asks."""

import zlib
from typing import Any, cast

from tocsin.core.event import Event
from tocsin.formats.event import UnreadableError, parse
from tocsin.store.queries.past import KeptRow

# What the columns say; `tag` and `tag_values` follow from the tags.
_COLUMNS = frozenset(
    {"event_id", "timestamp", "level", "environment", "release", "title", "tags", "tag", "tag_values"}
)


def remembered(row: KeptRow) -> Event:
    """The event; reading all of 12 kB takes 60 µs, and most rules look at nothing of it."""
    return cast("Event", _Remembered(row))


class _Remembered:
    __slots__ = ("_columns", "_row", "_whole")

    def __init__(self, row: KeptRow) -> None:
        self._row: KeptRow | None = row
        self._whole: Event | None = None
        self._columns = Event(
            row.event_id,
            row.timestamp.timestamp(),
            level=row.level,
            environment=row.environment,
            release=row.release,
            title=row.title,
            tags=tuple(row.tags),
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._columns if name in _COLUMNS else self._read(), name)

    def _read(self) -> Event:
        """One that can no longer be read is known by its columns alone."""
        if self._whole is None and self._row is not None:
            row = self._row
            try:
                received = row.received.timestamp()
                self._whole = parse(zlib.decompress(row.payload), event_id=row.event_id, received=received)
            except (UnreadableError, zlib.error):
                self._whole = self._columns
            self._row = None
        return self._whole or self._columns

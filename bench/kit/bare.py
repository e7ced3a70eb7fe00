"""The least that any digest has to do, by the quickest libraries there are: unpack, decode, hash, four statements.

It knows nothing of SDKs, so it decodes the whole event, and nothing of people or rules. It writes into the
product's own tables, with its pragmas: a row for each event's id, issue and minute, and for the same sample of
events, deflated alike.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from typing import Any

import msgspec
from isal import isal_zlib

from tocsin.core.states import is_kept
from tocsin.engine.sqlite import connect

GZIP = 31
PRAGMAS = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA foreign_keys = ON;
"""
IDS = "INSERT INTO store_eventseen (project_id, event_id, day) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
ISSUES = (
    "INSERT INTO store_issue (id, project_id, number, title, culprit, level, platform, status, substatus, priority,"
    " first_seen, last_seen, active_at, times_seen, users_seen, first_release, last_release)"
    " VALUES (?, ?, ?, ?, '', 'error', 'python', 0, 7, 75, ?, ?, ?, 1, 0, '', '')"
    " ON CONFLICT DO UPDATE SET times_seen = times_seen + 1, last_seen = excluded.last_seen"
)
COUNTS = (
    "INSERT INTO store_issueminute (issue_id, minute, environment, count) VALUES (?, ?, 'production', 1)"
    " ON CONFLICT DO UPDATE SET count = count + 1"
)
SAMPLE = (
    "INSERT INTO store_event (project_id, issue_id, event_id, timestamp, received, level, environment, release,"
    " title, tags, payload) VALUES (?, ?, ?, ?, ?, 'error', 'production', '', ?, '[]', ?)"
)


class BareLoop:
    """Takes batches as they come from the spool, into a migrated database without issues."""

    def __init__(self, path: Path) -> None:
        self._connection: Any = connect(path, isolation_level=None)
        self._connection.executescript(PRAGMAS)
        self._decode = msgspec.json.Decoder().decode
        self._issues: dict[str, int] = {}
        self._seen: dict[str, int] = {}

    def digest(self, batch: Sequence[Any]) -> None:
        ids, issues, counts, sample = [], [], [], []
        for one in batch:
            payload = isal_zlib.decompress(one.body, GZIP).split(b"\n", 3)[2]
            raised = self._decode(payload)["exception"]["values"][-1]
            key, number = self._count(raised["stacktrace"]["frames"])
            at = str(datetime.fromtimestamp(one.received, UTC).replace(tzinfo=None))
            title = f"{raised['type']}: {raised['value']}"
            ids.append((one.project_id, one.event_id, int(one.received) // 86_400))
            issues.append((key, one.project_id, key, title, at, at, at))
            counts.append((key, int(one.received) // 60))
            if is_kept(number):
                deflated = isal_zlib.compress(payload, 1)
                sample.append((one.project_id, key, one.event_id, at, at, title, deflated))
        self._save(ids, issues, counts, sample)

    def _count(self, calls: list[Any]) -> tuple[int, int]:
        """The issue that these calls are, and the how manieth event of it this is."""
        text = "\x00".join([f"{call['module']}\x1f{call['function']}\x1f{call['context_line']}" for call in calls])
        key = md5(text.encode(), usedforsecurity=False).hexdigest()
        self._seen[key] = number = self._seen.get(key, 0) + 1
        return self._issues.setdefault(key, len(self._issues) + 1), number

    def _save(self, ids: list[Any], issues: list[Any], counts: list[Any], sample: list[Any]) -> None:
        execute = self._connection.executemany
        self._connection.execute("BEGIN IMMEDIATE")
        execute(IDS, ids)
        execute(ISSUES, issues)
        execute(COUNTS, counts)
        execute(SAMPLE, sample)
        self._connection.execute("COMMIT")

    def number(self, sql: str) -> int:
        """What one statement counts."""
        found: int = self._connection.execute(sql).fetchone()[0]
        return found

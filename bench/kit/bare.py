"""The least that any digest has to do, by the quickest libraries there are: unpack, decode, hash, four statements.

It knows nothing of SDKs, so it decodes the whole event; it keeps the same sample as the product does, deflated
as the product does it.
"""

from collections.abc import Sequence
from hashlib import md5
from pathlib import Path
from typing import Any

import msgspec
from isal import isal_zlib

from tocsin.core.states import is_kept

GZIP = 31

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE ids (project INTEGER, event TEXT, PRIMARY KEY (project, event)) WITHOUT ROWID;
CREATE TABLE issues (hash TEXT PRIMARY KEY, title TEXT, seen INTEGER, first REAL, last REAL);
CREATE TABLE counts (hash TEXT, minute INTEGER, n INTEGER, PRIMARY KEY (hash, minute)) WITHOUT ROWID;
CREATE TABLE sample (id INTEGER PRIMARY KEY, hash TEXT, event TEXT, received REAL, body BLOB);
"""
IDS = "INSERT INTO ids VALUES (?, ?) ON CONFLICT DO NOTHING"
ISSUES = "INSERT INTO issues VALUES (?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET seen = seen + 1, last = excluded.last"
COUNTS = "INSERT INTO counts VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1"
SAMPLE = "INSERT INTO sample (hash, event, received, body) VALUES (?, ?, ?, ?)"


class BareLoop:
    """Takes batches as they come from the spool; `seen` counts the events of each hash."""

    def __init__(self, path: Path) -> None:
        from tocsin.engine.sqlite import connect

        self._connection: Any = connect(path, isolation_level=None)
        self._connection.executescript(SCHEMA)
        self._decode = msgspec.json.Decoder().decode
        self.seen: dict[str, int] = {}

    def digest(self, batch: Sequence[Any]) -> None:
        ids, issues, counts, sample = [], [], [], []
        for one in batch:
            payload = isal_zlib.decompress(one.body, GZIP).split(b"\n", 3)[2]
            raised = self._decode(payload)["exception"]["values"][-1]
            calls = raised["stacktrace"]["frames"]
            text = "\x00".join(
                [f"{call['module']}\x1f{call['function']}\x1f{call['context_line']}" for call in calls]
            )
            key = md5(text.encode(), usedforsecurity=False).hexdigest()
            ids.append((one.project_id, one.event_id))
            issues.append((key, f"{raised['type']}: {raised['value']}", one.received, one.received))
            counts.append((key, int(one.received) // 60))
            number = self.seen[key] = self.seen.get(key, 0) + 1
            if is_kept(number):
                sample.append((key, one.event_id, one.received, isal_zlib.compress(payload, 1)))
        self._save(ids, issues, counts, sample)

    def _save(self, ids: list[Any], issues: list[Any], counts: list[Any], sample: list[Any]) -> None:
        execute = self._connection.executemany
        self._connection.execute("BEGIN IMMEDIATE")
        execute(IDS, ids)
        execute(ISSUES, issues)
        execute(COUNTS, counts)
        execute(SAMPLE, sample)
        self._connection.execute("COMMIT")

    def counted(self) -> int:
        """How many events the issues say they have."""
        found: int = self._connection.execute("SELECT sum(seen) FROM issues").fetchone()[0]
        return found

    def kept(self) -> int:
        found: int = self._connection.execute("SELECT count(*) FROM sample").fetchone()[0]
        return found

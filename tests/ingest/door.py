"""The door with a spool, keys and a clock that are functions, and one request through it."""

import asyncio
import gzip
import json
from typing import Any, NamedTuple

from tocsin.engine.spool import Row, SpoolUnavailableError
from tocsin.ingest.app import Ingest
from tocsin.ingest.limits import Limits
from tocsin.store.queries.keys import Key

KEY = "a" * 32
OTHER_KEY = "b" * 32
EVENT_ID = "c" * 32
DSN = f"https://{KEY}@tocsin.example/7"
AUTH = {"x-sentry-auth": f"Sentry sentry_version=7, sentry_client=sentry.python/2.75.0, sentry_key={KEY}"}
EVENT = b'{"event_id":"cccccccccccccccccccccccccccccccc","message":"the till is open"}'


class Answered(NamedTuple):
    """An answer as a client reads it."""

    status: int
    headers: dict[str, str]
    json: Any


class Kept(NamedTuple):
    """A spooled row by name."""

    project_id: int
    received: float
    kind: str
    encoding: str
    event_id: str
    client: str
    body: bytes


class FakeSpool:
    """Keeps rows in a list; `events` and `bytes` are what it says of its depth."""

    def __init__(self) -> None:
        self.rows: list[Kept] = []
        self.events = 0
        self.bytes = 0
        self.is_broken = False

    async def append(self, row: Row) -> None:
        if self.is_broken:
            raise SpoolUnavailableError("disk full")
        self.rows.append(Kept(*row))

    def depth(self) -> int:
        return self.events

    def size(self) -> int:
        return self.bytes


class Door:
    """One door: `keys` it knows, the `now` of its clock, the `spool` behind it."""

    def __init__(self, keys: tuple[Key, ...] = (), **limits: Any) -> None:
        self.keys = {key.public_key: key for key in keys or (a_key(),)}
        self.now = 1_000.0
        self.spool = FakeSpool()
        self.asked: list[str] = []
        self.app = Ingest(self.spool, self._find, Limits(**limits), lambda: self.now)

    async def _find(self, public_key: str) -> Key | None:
        self.asked.append(public_key)
        return self.keys.get(public_key)

    async def post(
        self,
        body: bytes = b"",
        path: str = "/api/7/envelope/",
        query: str = "",
        method: str = "POST",
        parts: list[bytes] | None = None,
        **headers: str,
    ) -> Answered:
        """One request; without headers it is authenticated by the usual one."""
        named = {name.replace("_", "-"): value for name, value in headers.items()} or AUTH
        sent: list[dict[str, Any]] = []
        await self.app(a_scope(path, query, method, named), receiver(parts or [body]), sender(sent))
        return answered(sent)


def answered(sent: list[dict[str, Any]]) -> Answered:
    start, body = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert int(headers["content-length"]) == len(body["body"])
    return Answered(start["status"], headers, json.loads(body["body"] or b"null"))


def a_scope(
    path: str, query: str = "", method: str = "POST", headers: dict[str, str] | None = None
) -> dict[str, Any]:
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    return {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": encoded}


def receiver(parts: list[bytes]) -> Any:
    """A client that sends its body in parts, and then waits for its answer."""
    waiting = list(parts)

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    return receive


def sender(sent: list[dict[str, Any]]) -> Any:
    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    return send


def a_key(public_key: str = KEY, project_id: int = 7, **fields: Any) -> Key:
    return Key(public_key, project_id, **{"is_active": True, "rate_limit": 0, "rate_window": 0, **fields})


def an_envelope(event: bytes = EVENT, *more: bytes, **headers: Any) -> bytes:
    """An envelope with an event; `more` are whole items."""
    head = json.dumps({"event_id": EVENT_ID, "sent_at": "2026-11-21T09:00:00Z", **headers}).encode()
    return b"\n".join([head, b'{"type":"event","length":%d}' % len(event), event, *more]) + b"\n"


def packed(body: bytes) -> dict[str, Any]:
    return {"body": gzip.compress(body), "content_encoding": "gzip", "x_sentry_auth": AUTH["x-sentry-auth"]}

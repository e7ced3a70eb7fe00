"""The SDKs' door: POST /api/{project}/envelope/ and /store/, answered 200 once the event is on disk.

A bare ASGI callable in front of Django, whose own ASGI handler takes twenty times as long. Sources:
behaviour §13.
"""

import asyncio
import re
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

import structlog

from tocsin.engine.spool import Row, SpoolUnavailableError
from tocsin.formats.encoding import RefusedBodyError, TooLargeError
from tocsin.ingest import auth
from tocsin.ingest.answers import PREFLIGHTED, Answer, RefusalError, Send, limited, refused, taken
from tocsin.ingest.auth import AuthError, Credentials
from tocsin.ingest.body import Bodies, GoneError, Receive, too_large
from tocsin.ingest.examine import Examined, examine
from tocsin.ingest.limits import Limits, Rates
from tocsin.store.queries.keys import Key

PATH = re.compile(r"/api/([1-9][0-9]{0,17})/(envelope|store)/?")
# Unpacking and checking 500 kB takes 1 ms; what is larger leaves the event loop.
INLINE = 500_000
LOG = structlog.get_logger("tocsin.ingest")
EVENT_CATEGORIES = "default;error"


class Spool(Protocol):
    """What the door needs of engine.spool.SpoolWriter."""

    def append(self, row: Row, /) -> Awaitable[None]: ...

    def depth(self) -> int: ...

    def size(self) -> int: ...


class _Request(NamedTuple):
    """One request as its first lines describe it."""

    project_id: int
    kind: str
    credentials: Credentials
    encoding: str
    length: int
    agent: str


class Ingest:
    """An ASGI callable for the requests that `matches` claims.

    `find_key` gives a public key's Key or None (ingest.keys.Keys); `clock` gives seconds since 1970.
    """

    def __init__(
        self,
        spool: Spool,
        find_key: Callable[[str], Awaitable[Key | None]],
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self._spool = spool
        self._find_key = find_key
        self._limits = limits
        self._clock = clock
        self._rates = Rates()
        self.refused: Counter[str] = Counter()  # by public key, as its limit was reached; ops.refused takes them
        self._bodies = Bodies(limits)
        # One at a time: `limits.unpacked` is then what all large bodies together take in memory.
        self._large = ThreadPoolExecutor(1, "ingest-large")

    def matches(self, scope: dict[str, Any]) -> bool:
        """Whether a request is the door's; everything else is for the pages and the API."""
        return scope["type"] == "http" and PATH.fullmatch(scope["path"]) is not None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except RefusalError as refusal:
            answer = refusal.answer
        except GoneError:
            return
        await answer.send(send)

    def close(self) -> None:
        """Ends the thread for large bodies."""
        self._large.shutdown(wait=True, cancel_futures=True)

    async def _answer(self, scope: dict[str, Any], receive: Receive) -> Answer:
        if scope["method"] == "OPTIONS":
            return PREFLIGHTED
        if scope["method"] != "POST":
            raise refused(405, "Send events with POST", (b"allow", b"POST, OPTIONS"))
        request = _request(scope)
        if request.length > self._limits.body:
            raise too_large(self._limits)
        key = await self._key(request.credentials, request.project_id) if request.credentials.key else None
        self._refuse_load()
        with self._bodies.receive() as incoming:
            body = await incoming.read(receive)
            found = await self._examine(request, body)
            if found.dsn is not None:
                key = await self._key(_with_dsn(request, found.dsn), request.project_id)
            if key is None:
                raise refused(403, "The request names no key: send X-Sentry-Auth or ?sentry_key=")
            return await self._keep(request, key, found)

    async def _key(self, credentials: Credentials, project_id: int) -> Key:
        try:
            key = await self._find_key(credentials.key)
        except Exception as error:
            raise refused(503, "The key cannot be looked up now: try again soon", wait=5) from error
        if key is None or key.project_id != project_id:
            raise refused(403, "The key does not open this project: copy the DSN from the project's page")
        if not key.is_active:
            raise refused(403, "The key is switched off")
        return key

    def _refuse_load(self) -> None:
        limits = self._limits
        if self._spool.depth() >= limits.backlog or self._spool.size() >= limits.backlog_bytes:
            reason = "Events arrive faster than they are digested: try again later"
            raise limited(reason, limits.backlog_retry, "organization", "backlog")

    async def _examine(self, request: _Request, body: bytes) -> Examined:
        arguments = (request.kind, body, request.encoding)
        inline = min(INLINE, self._limits.unpacked)
        try:
            if len(body) <= inline:
                try:
                    return examine(*arguments, inline)
                except TooLargeError:
                    # Small, but it unpacks to more than the event loop can bear.
                    if inline == self._limits.unpacked:
                        raise
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._large, examine, *arguments, self._limits.unpacked)
        except TooLargeError as error:
            raise refused(413, str(error)) from None
        except RefusedBodyError as error:
            raise refused(400, str(error)) from None

    async def _keep(self, request: _Request, key: Key, found: Examined) -> Answer:
        if found.keep is None:
            return taken(found.event_id)
        now = self._clock()
        if found.is_event and (wait := self._rates.take(key, now)):
            self.refused[key.public_key] += 1
            reason = f"The key's limit is {key.rate_limit} events in {key.rate_window} seconds"
            raise limited(reason, wait, "key", "key_quota", EVENT_CATEGORIES)
        event_id = found.event_id or uuid.uuid4().hex
        client = request.credentials.client or request.agent
        try:
            await self._spool.append(
                (request.project_id, now, request.kind, found.encoding, event_id, client, found.keep)
            )
        except SpoolUnavailableError:
            raise refused(503, "Events cannot be stored now: try again soon", wait=5) from None
        LOG.debug("accepted", event_id=event_id, project=request.project_id)
        return taken(event_id if found.is_event else found.event_id)


def _request(scope: dict[str, Any]) -> _Request:
    place = PATH.fullmatch(scope["path"])
    if place is None:
        raise refused(404, "Events go to /api/PROJECT/envelope/")
    encoding, agent, length, found = "", "", 0, []
    try:
        for name, value in scope["headers"]:
            if name in (b"x-sentry-auth", b"authorization"):
                found.append(auth.from_header(value))
            elif name == b"content-encoding":
                encoding = value.decode("latin-1").strip().lower()
            elif name == b"content-length":
                length = int(value)
            elif name == b"user-agent":
                agent = value[:100].decode("latin-1")
        if scope["query_string"]:
            found.append(auth.from_query(scope["query_string"]))
        return _Request(int(place[1]), place[2], auth.agreed(found), encoding, length, agent)
    except AuthError as error:
        raise refused(403, str(error)) from None


def _with_dsn(request: _Request, dsn: Any) -> Credentials:
    """The request's credentials and its envelope's, which must agree on the key and on the project."""
    try:
        in_dsn, project = auth.from_dsn(dsn)
        credentials = auth.agreed([request.credentials, in_dsn])
    except AuthError as error:
        raise refused(403, str(error)) from None
    if project != str(request.project_id):
        raise refused(403, f"The envelope's dsn is of another project than /api/{request.project_id}/")
    return credentials

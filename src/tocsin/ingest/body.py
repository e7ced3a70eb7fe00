"""A request's body, read whole and no further than its limits."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from tocsin.ingest.answers import refused
from tocsin.ingest.limits import Limits

Receive = Callable[[], Awaitable[dict[str, Any]]]
CLOSE = (b"connection", b"close")


class GoneError(Exception):
    """The client went away before its body was whole: nobody is left to answer."""


class Bodies:
    """All bodies that are being received or examined, so that together they stay within memory."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.held = 0

    def receive(self) -> "Body":
        """One more body; its bytes count until the `with` block ends."""
        return Body(self, self._limits)


class Body:
    def __init__(self, bodies: Bodies, limits: Limits) -> None:
        self._bodies = bodies
        self._limits = limits
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bodies.held -= self._size

    async def read(self, receive: Receive) -> bytes:
        """The whole body; GoneError when the client leaves, a refusal with 408, 413 or 503 past a limit."""
        try:
            # A slow sender holds a connection, never a thread; but not for ever.
            async with asyncio.timeout(self._limits.seconds):
                return await self._read(receive)
        except TimeoutError:
            reason = f"The body took longer than {self._limits.seconds:g} seconds"
            raise refused(408, reason, CLOSE) from None

    async def _read(self, receive: Receive) -> bytes:
        message = await receive()
        first = self._part(message)
        if not message.get("more_body"):
            return first
        parts = [first]
        while message.get("more_body"):
            message = await receive()
            parts.append(self._part(message))
        return b"".join(parts)

    def _part(self, message: dict[str, Any]) -> bytes:
        if message["type"] == "http.disconnect":
            raise GoneError
        part: bytes = message.get("body", b"")
        self._size += len(part)
        self._bodies.held += len(part)
        if self._size > self._limits.body:
            raise too_large(self._limits)
        if self._bodies.held > self._limits.in_flight:
            raise refused(503, "Too many large bodies at once: try again soon", wait=1)
        return part


def too_large(limits: Limits) -> Exception:
    """What a body over the limit is answered. The rest of it is read and dropped by the server."""
    return refused(413, f"The body is larger than {limits.body:,} bytes")

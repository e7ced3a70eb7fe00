"""A Slack on the loopback: notes when the first byte of each message came, and answers as Slack does."""

import asyncio
import time
from collections.abc import Callable
from typing import cast

from bench.kit.http import is_whole

BODY = b'{"ok":true,"channel":"C0BENCH","ts":"1795251600.000100"}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(BODY)
) + BODY

Heard = Callable[[float, bytes], None]


class _Conversation(asyncio.Protocol):
    """One kept-alive connection: requests come one after another."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._held = b""
        self._began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if not self._held:
            self._began = time.monotonic()
        self._held += data
        if is_whole(self._held):
            request, self._held = self._held, b""
            self._transport.write(ANSWER)
            self._heard(self._began, request)


async def listen(heard: Heard) -> tuple[asyncio.Server, int]:
    """A server on a free port; `heard` gets the monotonic time of each request's first byte, and the request."""
    server = await asyncio.get_running_loop().create_server(lambda: _Conversation(heard), "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    return server, port

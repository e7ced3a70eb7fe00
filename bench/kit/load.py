"""A load of a given pace: requests leave when their time has come, whatever became of those before."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import cast

from bench.kit.http import is_whole


class Load:
    """Kept-alive connections to one server, each with one request at a time."""

    def __init__(self, port: int, connections: int) -> None:
        self._port = port
        self._connections = connections
        self._idle: deque[_Connection] = deque()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._answered_at: dict[int, float] = {}
        self._refused = b""

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(self._connections):
            _, made = await loop.create_connection(lambda: _Connection(self._answered), "127.0.0.1", self._port)
            self._idle.append(made)

    async def send(self, requests: Sequence[bytes], rate: float) -> list[float]:
        """Sends the requests at `rate` a second and says at what monotonic time each was answered 200."""
        self._answered_at.clear()
        began = time.monotonic()
        for number, request in enumerate(requests):
            wait = began + number / rate - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            if self._idle:
                self._idle.popleft().ask(number, request)
            else:
                self._waiting.append((number, request))
        while len(self._answered_at) < len(requests):
            await asyncio.sleep(0.01)
            if self._refused:
                raise SystemExit(f"Not answered 200: {self._refused!r}")
        return [at for _, at in sorted(self._answered_at.items())]

    def close(self) -> None:
        for connection in self._idle:
            connection.close()

    def _answered(self, connection: "_Connection", at: float, answer: bytes) -> None:
        if not answer.startswith(b"HTTP/1.1 200"):
            self._refused = answer
        self._answered_at[connection.number] = at
        if self._waiting:
            connection.ask(*self._waiting.popleft())
        else:
            self._idle.append(connection)


class _Connection(asyncio.Protocol):
    def __init__(self, answered: Callable[["_Connection", float, bytes], None]) -> None:
        self._answered = answered
        self._held = b""
        self._began = 0.0
        self.number = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def ask(self, number: int, request: bytes) -> None:
        self.number = number
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        if not self._held:
            self._began = time.monotonic()
        self._held += data
        if is_whole(self._held):
            answer, self._held = self._held, b""
            self._answered(self, self._began, answer)

    def close(self) -> None:
        self._transport.close()

"""The door in a thread: the server that the product runs, with a real spool, on a free loopback port."""

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from tocsin.engine.spool import Accepted, SpoolReader, SpoolWriter
from tocsin.ingest.app import Ingest
from tocsin.ingest.keys import Keys
from tocsin.ingest.limits import Limits
from tocsin.store.queries.keys import Key


class Server:
    """A running server that knows one key; `spooled()` is what it keeps, `statuses` what it answered."""

    def __init__(self, folder: Path, limits: Limits, key: Key) -> None:
        self.path = folder / "spool.sqlite3"
        self.statuses: list[int] = []
        self._limits = limits
        self._key = key
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.spool: SpoolWriter
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=lambda: uvloop.run(self._run()))
        self._thread.start()
        assert self._is_ready.wait(10)

    async def _run(self) -> None:
        self.spool = SpoolWriter(self.path, lambda count: None)
        keys = Keys(lambda public_key: self._key if public_key == self._key.public_key else None, lambda: 0.0)
        door = Ingest(self.spool, keys, self._limits, lambda: 1_000.0)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            async def noting(message: dict[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    self.statuses.append(message["status"])
                await send(message)

            await door(scope, receive, noting)

        config = uvicorn.Config(app, http="httptools", lifespan="off", access_log=False, log_level="warning")
        self._server = uvicorn.Server(config)
        asyncio.get_running_loop().call_soon(self._is_ready.set)
        await self._server.serve(sockets=[self._socket])
        await self.spool.close()
        door.close()
        keys.close()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()

    @contextmanager
    def connection(self) -> Iterator[http.client.HTTPConnection]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            yield connection
        finally:
            connection.close()

    def spooled(self) -> list[Accepted]:
        reader = SpoolReader(self.path)
        try:
            return reader.read(0, 10_000, 10**9)
        finally:
            reader.close()

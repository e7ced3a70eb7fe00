"""The front process: the SDKs' door bare in front, Django's pages as WSGI in threads beside it."""

import asyncio
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import uvicorn
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from tocsin.engine.port import put
from tocsin.engine.spool import SpoolWriter
from tocsin.ingest.app import Ingest
from tocsin.ingest.keys import Keys
from tocsin.ingest.limits import Limits
from tocsin.ops.collector import collect_rarely
from tocsin.ops.refused import Refused
from tocsin.ops.settings import Settings
from tocsin.ops.watch import Watch
from tocsin.pipeline import clock, quota
from tocsin.store.queries import keys

PAGE_THREADS = 8
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Front:
    """One ASGI callable: health at once, events to the door, everything else to Django."""

    def __init__(self, settings: Settings) -> None:
        self._spool = SpoolWriter(settings.spool, lambda _: put("digest"))
        self._keys = Keys(keys.find, time.monotonic)
        self._ingest = Ingest(self._spool, self._keys, Limits(), time.time)
        self._watch = Watch()
        self._refused = Refused(self._ingest.refused, lambda counts: quota.keep(counts, clock.now()))
        # Django's own ASGI handler takes three times as long as its WSGI handler behind a2wsgi.
        pages: Any = get_wsgi_application()
        self._pages: Any = WSGIMiddleware(pages, workers=PAGE_THREADS)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close"})
        elif self._ingest.matches(scope):
            await self._ingest(scope, receive, send)
        elif scope["path"] == "/-/healthz":
            await _healthy(send)
        else:
            await self._pages(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        collect_rarely()
        self._watch.start()
        self._refused.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._watch.stop()
        await self._refused.stop()
        await self._spool.close()
        self._ingest.close()
        self._keys.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _healthy(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"status": "ok"}'})


class Server(uvicorn.Server):
    """A server that stops on a signal without dying of it: the caller has more to end in order.

    uvicorn raises the signal again once it has stopped, which would end the process before the worker is.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        signals = (signal.SIGTERM, signal.SIGINT)
        for name in signals:
            loop.add_signal_handler(name, self.handle_exit, name, None)
        try:
            yield
        finally:
            for name in signals:
                loop.remove_signal_handler(name)


def bound(host: str, port: int) -> socket.socket:
    """A socket on the address; a taken or forbidden one is one clear line, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise click.ClickException(
            f"{host}:{port} cannot be listened on: {error.strerror}. Stop what uses it, or choose --port."
        ) from None
    return listening


def server(settings: Settings) -> Server:
    """A server that finishes the requests it has when it is told to stop."""
    config = uvicorn.Config(
        Front(settings),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=75,
    )
    return Server(config)

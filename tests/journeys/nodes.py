"""A Tocsin of several nodes in real processes: a database and a broker of its own, and proxies that can be cut."""

import contextlib
import getpass
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg
from kombu import Connection

from tests.journeys.instance import free_port
from tests.pipeline.spooling import a_payload, accepted, an_exception
from tocsin.engine import sqlite

# Eight processes that start at once on two busy cores take half of it.
PATIENCE = 120.0
SECRET = "the same key on every node, forty letters"
ENDS_WITHIN = 40.0


def until(condition: Callable[[], Any], within: float = PATIENCE) -> Any:
    """Waits for what other processes bring about; what it was in the end."""
    waiting = threading.Event()
    for _ in range(int(within / 0.05)):
        if found := condition():
            return found
        waiting.wait(0.05)
    raise AssertionError(f"It did not come true within {within:g} s: {condition}")


class Proxy:
    """A TCP port in front of a server. Cut, it drops what is open and takes nothing new; mended, it is back."""

    def __init__(self, address: Any) -> None:
        self._address = address
        self.port = free_port()
        self._open: set[socket.socket] = set()
        self._listening: socket.socket | None = None
        self.mend()

    def mend(self) -> None:
        self._listening = listening = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def cut(self) -> None:
        listening, self._listening = self._listening, None
        if listening:
            # Closing alone leaves a thread that accepts where it is.
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.socket(socket.AF_UNIX if isinstance(self._address, str) else socket.AF_INET)
                far.connect(self._address)
                self._open |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
            self._open.discard(end)


def database_proxy(url: str) -> tuple[Proxy, str]:
    """A proxy before a database, and the database's URL through it."""
    parts = urlsplit(url)
    folder = dict(parse_qsl(parts.query)).get("host", "")
    proxy = Proxy(f"{folder}/.s.PGSQL.5432" if folder else (parts.hostname, parts.port))
    return proxy, f"postgres://{parts.username or getpass.getuser()}@127.0.0.1:{proxy.port}{parts.path}"


def broker_proxy(url: str) -> tuple[Proxy, str]:
    parts = urlsplit(url)
    proxy = Proxy((parts.hostname, parts.port))
    return proxy, url.replace(f":{parts.port}", f":{proxy.port}")


@dataclass
class Nodes:
    """Web nodes, workers and a clock on one database and one broker."""

    folder: Path
    database: str
    broker: str
    environment: dict[str, str] = field(default_factory=dict)
    through: str = ""  # the database's URL that the nodes use, where that is a proxy's
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def init(self) -> dict[str, str]:
        """The organization and project, made by the command."""
        words = ["init", "--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "tocsin.ops", *words],
            env=self._env("init"),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @contextmanager
    def web(self, name: str = "web") -> Iterator[subprocess.Popen[bytes]]:
        with self.node(name, "web", "--port", str(self.port)) as process:
            until(lambda: self.get("/-/healthz")[0] == 200)
            yield process

    def worker(self, name: str = "worker", *words: str, **options: Any) -> Any:
        return self.node(name, "worker", "--concurrency", "1", *words, **options)

    @contextmanager
    def node(
        self, name: str, *words: str, program: Sequence[str] = ("-m", "tocsin.ops")
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A process of `tocsin`, in a group of its own; ended with SIGTERM and waited for."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *program, *words],
                env=self._env(name),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                kill(process)
                raise

    def said(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def post(self, dsn: str, numbers: Sequence[int], failure: str = "Failure") -> int:
        """Sends events to the door as an SDK does; how many were answered 200."""
        parts = urlsplit(dsn)
        taken = 0
        for number in numbers:
            payload = a_payload(number, exception={"values": [an_exception(type=failure)]})
            request = urllib.request.Request(
                f"{self.url}/api{parts.path}/envelope/",
                data=accepted(1, payload).body,
                headers={"X-Sentry-Auth": f"Sentry sentry_key={parts.username}, sentry_version=7"},
            )
            with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(request, timeout=10) as answer:
                taken += answer.status == 200
        return taken

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database holds, read past any proxy."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(sql).fetchall()

    def write(self, sql: str) -> None:
        with psycopg.connect(self.database) as connection:
            connection.execute(sql)

    def lose(self, queue: str) -> None:
        """Drops all that waits on a queue."""
        with Connection(self.broker) as connection:
            connection.default_channel.queue_purge(queue)

    def count(self, sql: str) -> int:
        return int(self.rows(sql)[0][0] or 0)

    def seen(self) -> int:
        return self.count("SELECT sum(times_seen) FROM store_issue")

    def spooled(self, name: str = "web") -> int:
        """How many events a web node has not forwarded yet."""
        with contextlib.closing(sqlite.connect(self.folder / name / "spool.sqlite3", timeout=10)) as connection:
            return int(connection.execute("SELECT count(*) FROM spool").fetchone()[0])

    def _env(self, name: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("TOCSIN_", "DJANGO_"))}
        own = {
            "TOCSIN_DATA": str(self.folder / name),
            "TOCSIN_URL": self.url,
            "TOCSIN_SECRET_KEY": SECRET,
            "TOCSIN_DATABASE_URL": self.through or self.database,
            "TOCSIN_BROKER_URL": self.broker,
            "TOCSIN_OUTBOUND_ALLOW": "127.0.0.0/8",
        }
        return {**kept, **own, **self.environment}


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of a node with all its processes, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(ENDS_WITHIN)

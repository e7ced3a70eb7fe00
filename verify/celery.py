"""`tocsin web`, `worker` and `beat` on PostgreSQL and RabbitMQ: each node in processes of its own."""

import contextlib
import os
import queue
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from bench.kit.frame import ROOT, data_environment, folder, free_port, python, wait_for_port
from kombu.connection import Connection
from psycopg.conninfo import conninfo_to_dict
from tests.real_parts import servers

from tocsin.engine import sqlite
from verify import ledger, processes
from verify.ledger import Ledger
from verify.line import Line
from verify.points import CELERY as POINTS
from verify.world import PROJECT

COMES_UP_WITHIN = 120.0
ENDS_WITHIN = 60.0
HOSTS = 2
QUEUES = ("tocsin.digest", "tocsin.deliver", "tocsin.schedule", "tocsin.digest.dead")
SECRET = "v" * 40

__all__ = ["POINTS", "Celery", "founded", "instance", "lacking"]


@dataclass(frozen=True, slots=True)
class Template:
    """The name of a founded database, and virtual hosts of the broker that are lent to one instance at a time."""

    database: str
    hosts: queue.SimpleQueue[str]


class Celery:
    """One installation whose nodes are started, killed and started again."""

    project = PROJECT

    def __init__(self, place: Path, database: str, broker: str, sink_url: str) -> None:
        self.port = free_port()
        self._place, self._database, self._broker = place, database, broker
        parts = urlsplit(broker)
        self._line = Line(parts.hostname or "", parts.port or 5672)
        self._sink_url = sink_url
        self._nodes: dict[str, subprocess.Popen[bytes]] = {}
        self._children: dict[str, set[int]] = {}

    def start(self, fault: str = "") -> None:
        """Starts what does not run; returns once the door is open and the worker listens. A beat only once nothing
        is armed: what it finds again must not come before the death."""
        self._line.mend()
        through = self._broker.replace(f":{urlsplit(self._broker).port}/", f":{self._line.port}/")
        self._node("web", ["web", "--port", str(self.port)], through, fault)
        self._node("worker", ["worker", "--concurrency", "1"], self._broker, fault)
        if not fault:
            self._node("beat", ["beat"], self._broker, "")
        wait_for_port(self.port, COMES_UP_WITHIN)
        processes.until(self._listens, COMES_UP_WITHIN, f"no worker came up; see {self._place}/worker.log")
        self._children = {name: processes.children_of(node.pid) for name, node in self._nodes.items()}

    def has_died(self) -> bool:
        """Whether any process of a node is gone."""
        return any(
            node.poll() is not None or self._children[name] - processes.children_of(node.pid)
            for name, node in self._nodes.items()
        )

    def deafen(self, within: float) -> bool:
        """Loses what the broker says to the web node from the moment that it is handed events."""
        self._line.lose_answers()
        return self._line.spoken.wait(within)

    def kill(self, only: str = "") -> None:
        """kill -9 of everything, or of one node, or of the process in the worker that works."""
        if only == "child":
            for pid in self._children["worker"]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return
        for name in [only] if only else list(self._nodes):
            node = self._nodes.pop(name)
            processes.kill(node, self._children.get(name, set()) | processes.children_of(node.pid), ENDS_WITHIN)

    def close(self) -> None:
        self.kill()
        self._line.close()

    def let_leases_end(self) -> None:
        """What the killed had claimed is leased for 90 s: a round has not that long, so they pass here."""
        with psycopg.connect(self._database) as connection:
            connection.execute("UPDATE store_delivery SET lease_until = '2000-01-01' WHERE state = 'sending'")
            connection.execute("UPDATE store_lane SET busy_until = '2000-01-01' WHERE busy_until IS NOT NULL")

    def ledger(self) -> Ledger:
        """What the database says now, and what the spool still has."""
        with psycopg.connect(self._database) as connection:
            entries = [ledger.entry(row) for row in connection.execute(ledger.DELIVERIES).fetchall()]
            intents = connection.execute(ledger.INTENTS).fetchall()[0][0]
        return Ledger(entries, int(intents), self._spooled())

    def _node(self, name: str, words: list[str], broker: str, fault: str) -> None:
        if name in self._nodes and self._nodes[name].poll() is None:
            return
        data = self._place / name
        data.mkdir(exist_ok=True)
        environment = data_environment(
            data,
            TOCSIN_DATABASE_URL=self._database,
            TOCSIN_BROKER_URL=broker,
            TOCSIN_SECRET_KEY=SECRET,
            TOCSIN_URL=f"http://127.0.0.1:{self.port}",
            TOCSIN_OUTBOUND_ALLOW="127.0.0.0/8",
            TOCSIN_SLACK_API_URL=self._sink_url,
            TOCSIN_FAULT=fault,
        )
        with (self._place / f"{name}.log").open("ab") as log:
            self._nodes[name] = subprocess.Popen(
                python("-m", "tocsin.ops", *words),
                env=environment,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _listens(self) -> bool:
        """Somebody takes what is put on the queue of the senders, and a process is there to do it."""
        with Connection(self._broker) as connection:
            try:
                found: Any = connection.default_channel.queue_declare("tocsin.deliver", passive=True)
            except connection.channel_errors:
                return False
        return bool(found.consumer_count and processes.children_of(self._nodes["worker"].pid))

    def _spooled(self) -> int:
        file = self._place / "web" / "spool.sqlite3"
        with contextlib.closing(sqlite.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
            return int(connection.execute("SELECT count(*) FROM spool").fetchone()[0])


def lacking() -> str:
    """What it needs and does not find."""
    found = {"PostgreSQL": servers.postgresql(), "RabbitMQ": servers.rabbitmq()}
    names = " and ".join(name for name, url in found.items() if not url)
    return f"{names} does not answer; script/services brings it." if names else ""


@contextmanager
def founded() -> Iterator[Template]:
    """The database that rounds are copies of."""
    with ExitStack() as parts:
        place = parts.enter_context(folder())
        database = parts.enter_context(servers.a_database())
        hosts: queue.SimpleQueue[str] = queue.SimpleQueue()
        for _ in range(HOSTS):
            hosts.put(parts.enter_context(servers.a_rabbitmq()))
        environment = data_environment(place, TOCSIN_DATABASE_URL=database, TOCSIN_SECRET_KEY=SECRET)
        subprocess.run(python("-m", "verify.world"), env=environment, cwd=ROOT, check=True, timeout=300)
        yield Template(str(conninfo_to_dict(database)["dbname"]), hosts)


@contextmanager
def instance(template: Template, sink_url: str) -> Iterator[Celery]:
    """A copy of the founded installation; everything of it is ended with the block."""
    with folder() as place, servers.a_database(template.database) as database, _lent(template.hosts) as broker:
        made = Celery(place, database, broker, sink_url)
        try:
            yield made
        finally:
            made.close()


@contextmanager
def _lent(hosts: "queue.SimpleQueue[str]") -> Iterator[str]:
    """A virtual host without queues."""
    broker = hosts.get()
    try:
        yield broker
    finally:
        with Connection(broker) as connection:
            for name in QUEUES:
                connection.channel().queue_delete(name)
        hosts.put(broker)

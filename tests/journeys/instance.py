"""A real Tocsin in real processes, and the outside services it talks to, each on a free loopback port."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

PATIENCE = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Received:
    """What a sink has received; `wait_for` returns once there is enough of it, or fails after PATIENCE seconds."""

    items: list[Any] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def add(self, item: Any) -> None:
        with self.arrived:
            self.items.append(item)
            self.arrived.notify_all()

    def wait_for(self, count: int, matching: Callable[[Any], bool] = lambda _: True) -> list[Any]:
        def found() -> list[Any]:
            return [item for item in self.items if matching(item)]

        with self.arrived:
            assert self.arrived.wait_for(lambda: len(found()) >= count, PATIENCE), (
                f"{len(found())} of {count} arrived: {found()!r}"
            )
            return found()


@contextmanager
def slack(received: Received, answer: dict[str, Any] | None = None) -> Iterator[str]:
    """Slack's Web API as far as a sender sees it; yields its base URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            if self.path.endswith("chat.postMessage"):
                received.add(json.loads(body))
            said = answer or {
                "ok": True,
                "channel": "C1",
                "ts": f"1.{len(received.items)}",
                "team": "Acme",
                "team_id": "T1",
                "user": "tocsin",
            }
            content = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def mail_server(received: Received) -> Iterator[str]:
    """A real SMTP server; yields its URL."""

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
            received.add(envelope)
            return "250 taken"

    port = free_port()
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@dataclass
class Instance:
    """One data folder with its settings; commands run on it, `up` serves it."""

    data: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str) -> str:
        """One command's standard output; fails with its errors."""
        done = subprocess.run(
            [sys.executable, "-m", "tocsin.ops", *arguments],
            env=self._env(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def up(self) -> Iterator[subprocess.Popen[str]]:
        """`tocsin up`, ready; ended with SIGTERM and waited for if the test did not end it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tocsin.ops", "up", "--port", str(self.port)],
            env=self._env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert process.stdout is not None
            said = []
            for line in process.stdout:
                said.append(line)
                if "Stop with Ctrl-C" in line:
                    break
            assert process.poll() is None, "".join(said)
            self.said = "".join(said)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.communicate(timeout=40)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database holds, read from outside."""
        import sqlite3

        connection = sqlite3.connect(f"file:{self.data}/tocsin.sqlite3?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def _env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "DJANGO_"))}
        own = {
            "TOCSIN_DATA": str(self.data),
            "TOCSIN_URL": self.url,
            "TOCSIN_OUTBOUND_ALLOW": "127.0.0.0/8",
        }
        return {**kept, **own, **self.environment}


def tell_slack(instance: Instance, said: dict[str, str], condition: str, *filters: dict[str, str]) -> None:
    """Connects Slack and lets a rule of acme's shop post to #ops when a condition, by its wire name, holds."""
    connected = json.loads(instance.run("connect", "slack", "token=xoxb-1-secret", "--json"))
    action = {
        "id": "sentry.integrations.slack.notify_action.SlackNotifyServiceAction",
        "workspace": str(connected["id"]),
        "channel": "#ops",
        "channel_id": "C1",
    }
    rule = {
        "name": "Tell #ops",
        "filterMatch": "all",
        "actionMatch": "any",
        "frequency": 5,
        "conditions": [{"id": f"sentry.rules.conditions.{condition}"}],
        "filters": list(filters),
        "actions": [action],
    }
    request = urllib.request.Request(
        f"{instance.url}/api/0/projects/acme/shop/rules/",
        json.dumps(rule).encode(),
        {"Authorization": f"Bearer {said['api_token']}", "Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()


def copied(
    founded: Instance, said: dict[str, str], data: Path, **environment: str
) -> tuple[Instance, dict[str, str]]:
    """A stopped instance's twin on a folder and a port of its own, and what `tocsin init` would say of it."""
    shutil.copytree(founded.data, data)
    twin = Instance(data, environment=environment)
    return twin, {name: text.replace(f":{founded.port}/", f":{twin.port}/") for name, text in said.items()}


def report(dsn: str, count: int = 1, **tags: str) -> None:
    """A real program with today's SDK that raises `count` different exceptions."""
    program = f"""
import sentry_sdk
sentry_sdk.init({dsn!r}, release="shop@1.4.2", environment="production")
for name, value in {tags!r}.items():
    sentry_sdk.set_tag(name, value)
sentry_sdk.set_user({{"id": "7"}})
for index in range({count}):
    try:
        raise type(f"Failure{{index}}", (Exception,), {{}})(f"cart {{index}} <!channel> <b>is</b> empty")
    except Exception as error:
        sentry_sdk.capture_exception(error)
sentry_sdk.flush(10)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)

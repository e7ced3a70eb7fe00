"""A Slack workspace in memory: what conversations.list, users.list and both infos answer, in process or by HTTP."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from tests.builders import NOW
from tocsin.core.sending import Answer, Reply, Request
from tocsin.pipeline.channel_place import Way


def a_room(id_: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "name": name, "is_archived": False, "is_private": False, "is_member": False, **more}


def a_person(id_: str, display: str, name: str = "", **more: Any) -> dict[str, Any]:
    return {"id": id_, "name": name or id_.lower(), "profile": {"display_name": display}, **more}


OPS, ANA = a_room("C0000OPS1", "ops"), a_person("U0000ANA1", "ana", "ana.b")


@dataclass
class Workspace:
    """`next` are answers to give before the workspace's own; `asked` is every question, by method and arguments.
    `passes` is how long each takes; an endless one has always another page."""

    rooms: list[dict[str, Any]] = field(default_factory=lambda: [OPS])
    people: list[dict[str, Any]] = field(default_factory=lambda: [ANA])
    next: deque[Answer] = field(default_factory=deque)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    passes: timedelta = timedelta()
    time: datetime = NOW
    is_endless: bool = False

    @property
    def way(self) -> Way:
        return Way(self._ask, lambda: self.time)

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.asked]

    def answer(self, method: str, asked: dict[str, str]) -> Answer:
        self.asked.append((method, asked))
        self.time += self.passes
        if self.next:
            return self.next.popleft()
        match method:
            case "conversations.list":
                return self._page("channels", [one for one in self.rooms if _is_seen(one)], asked)
            case "users.list":
                return self._page("members", self.people, asked)
            case "conversations.info":
                return self._one("channel", self.rooms, asked.get("channel"), "channel_not_found")
            case _:
                return self._one("user", self.people, asked.get("user"), "user_not_found")

    def _page(self, name: str, found: list[dict[str, Any]], asked: dict[str, str]) -> Answer:
        start, limit = int(asked.get("cursor") or 0), int(asked["limit"])
        following = str(start + limit) if start + limit < len(found) or self.is_endless else ""
        return said(**{name: found[start : start + limit]}, response_metadata={"next_cursor": following})

    def _one(self, name: str, found: list[dict[str, Any]], id_: str | None, error: str) -> Answer:
        there = next((one for one in found if one["id"] == id_), None)
        return said(**{name: there}) if there else refused(error)

    def _ask(self, sending: Any, secrets: Any, seconds: float) -> Any:
        assert seconds > 0
        try:
            question = next(sending)
            while True:
                question = sending.send(self._replied(question))
        except StopIteration as stop:
            return stop.value

    def _replied(self, request: Request) -> Answer:
        assert request.method == "POST"
        return self.answer(request.url.rpartition("/")[2], dict(request.form or {}))


def _is_seen(room: dict[str, Any]) -> bool:
    return not room["is_private"] or room["is_member"]


def said(**more: Any) -> Reply:
    return Reply(200, {}, json.dumps({"ok": True, **more}).encode())


def refused(error: str, **more: Any) -> Reply:
    return Reply(200, {}, json.dumps({"ok": False, "error": error, **more}).encode())


def too_many(seconds: int) -> Reply:
    return Reply(429, {"retry-after": str(seconds)}, b"")


@contextmanager
def by_http(workspace: Workspace) -> Iterator[str]:
    """The workspace on a socket; yields the address of its Web API."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            answer = workspace.answer(self.path.rpartition("/")[2], dict(parse_qsl(body)))
            assert isinstance(answer, Reply)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api"
    finally:
        server.shutdown()
        server.server_close()

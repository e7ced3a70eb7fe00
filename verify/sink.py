"""A Slack on the loopback that counts every message: which event it tells of, and in which channel."""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

NAMED = re.compile(r"event-([0-9a-f]{32})")
HELD_FOR = 30.0


class Intent(NamedTuple):
    """Somebody is to be told of one event in one channel: what has to arrive, once."""

    event_id: str
    channel: str


class Sink:
    """What arrived. The message number `hold` is taken and not answered, and `holding` is set."""

    def __init__(self, hold: int = 0) -> None:
        self.arrived: Counter[Intent] = Counter()
        self.holding = threading.Event()
        self.url = ""
        self._hold = hold
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def take(self, body: bytes) -> str:
        """Counts one message; its timestamp."""
        said = json.loads(body)
        named = NAMED.search(json.dumps(said))
        with self._lock:
            self.arrived[Intent(named[1] if named else "", said["channel"])] += 1
            number = self.arrived.total()
        if number == self._hold:
            self.holding.set()
            self._ended.wait(HELD_FOR)
        return f"1795251600.{number:06}"

    def end(self) -> None:
        self._ended.set()


@contextmanager
def listening(hold: int = 0) -> Iterator[Sink]:
    """A sink on a free port while the block lasts."""
    sink = Sink(hold)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(sink))
    server.daemon_threads = True
    sink.url = f"http://127.0.0.1:{server.server_port}/api"
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    try:
        yield sink
    finally:
        sink.end()
        server.shutdown()
        server.server_close()


def _handler(sink: Sink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Two writes a reply, and Nagle would hold the second back for 40 ms.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            said = {"ok": True, "channel": "C1", "ts": sink.take(body)}
            content = json.dumps(said).encode()
            try:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except ConnectionError:  # who asked was killed
                self.close_connection = True

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler

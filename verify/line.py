"""The line to a broker, on which its answers can be made to get lost."""

import contextlib
import socket
import threading
from collections.abc import Iterator

# Nothing but events is said to a broker in pieces of this size.
EVENTS = 1_000


class Line:
    """A port in front of a server. `lose_answers` lets the next events through and nothing that the server says
    from then on; `spoken` is set once it was handed them."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.spoken = threading.Event()
        self._armed, self._deaf = threading.Event(), threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_answers(self) -> None:
        self._armed.set()

    def mend(self) -> None:
        for event in (self._armed, self._deaf, self.spoken):
            event.clear()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._server)
                threading.Thread(target=self._up, args=(near, far), daemon=True).start()
                threading.Thread(target=self._down, args=(far, near), daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        with _ended(far), contextlib.suppress(OSError):
            while data := near.recv(65_536):
                are_events = self._armed.is_set() and len(data) > EVENTS
                if are_events:
                    self._deaf.set()
                far.sendall(data)
                if are_events:
                    self.spoken.set()

    def _down(self, far: socket.socket, near: socket.socket) -> None:
        with _ended(near), contextlib.suppress(OSError):
            while data := far.recv(65_536):
                if not self._deaf.is_set():
                    near.sendall(data)


@contextlib.contextmanager
def _ended(end: socket.socket) -> Iterator[None]:
    """Closed with the block, and told to who is at its other end: closing alone waits for a thread that reads."""
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()

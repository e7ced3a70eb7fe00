"""From a web node's spool to the broker: what the door has accepted, and forgets only once the broker has it.

While the broker is away the spool fills, up to the door's own limits; nothing that was answered 200 is lost.
"""

import contextlib
import logging
import select
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from tocsin.core import faults
from tocsin.engine.spool import Accepted, SpoolReader, SpoolUnavailableError
from tocsin.engine.wake import Listener

log = logging.getLogger("tocsin.engine")

# A message of 100 bodies is 25 times as many events a second as one body each. RabbitMQ 4 takes 16 MB at most.
BATCH = 100
BATCH_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds: how long a lost ring may cost, and the first and longest rest while the broker is away."""

    look_again: float = 5.0
    first_rest: float = 0.5
    longest_rest: float = 15.0


class Forwarder:
    """Publishes until told to stop. `publish` returns once the broker has the bodies, else it raises."""

    def __init__(
        self,
        listener: Listener,
        reader: SpoolReader,
        publish: Callable[[Sequence[Accepted]], None],
        patience: Patience = Patience(),
    ) -> None:
        self._listener = listener
        self._reader = reader
        self._publish = publish
        self._patience = patience
        self._stopped, self._stop = socket.socketpair()
        self._is_stopping = False
        self._rest = 0.0

    def run(self, parent: IO[str] | None = None) -> None:
        """Returns when stopped, or when the parent at the other end of a pipe is gone; between two messages."""
        with self._stopped, self._stop:
            while not self._is_stopping:
                if not self._forward_some():
                    self._wait(self._rest or self._patience.look_again, parent)

    def stop(self) -> None:
        """May be called from a signal handler."""
        self._is_stopping = True
        with contextlib.suppress(OSError):  # it has ended already
            self._stop.send(b"\0")

    def _forward_some(self) -> bool:
        """Whether there may be more at once."""
        try:
            batch = self._reader.read(0, BATCH, BATCH_BYTES)
            if batch:
                self._publish(batch)
                faults.point("forward.before_forget")
                self._reader.forget(batch[-1].id)
        except SpoolUnavailableError as error:
            return self._trouble(f"{error}; what was forwarded may be brought twice, and counts once")
        except Exception as error:  # noqa: BLE001 — whatever a broker that is away raises
            return self._trouble(f"The broker does not take events ({error}); they wait in the spool")
        if self._rest:
            log.warning("Events are forwarded again.")
        self._rest = 0.0
        return bool(batch)

    def _trouble(self, words: str) -> bool:
        if not self._rest:
            log.warning("%s.", words)
        self._rest = min(self._rest * 2 or self._patience.first_rest, self._patience.longest_rest)
        return False

    def _wait(self, seconds: float, parent: IO[str] | None) -> None:
        """Until a ring (unless the broker is away), the end, or for so many seconds."""
        ends: list[Any] = [self._stopped, *([parent] if parent else [])]
        rings: list[Any] = [] if self._rest else [self._listener.socket]
        ready, _, _ = select.select([*ends, *rings], [], [], seconds)
        self._is_stopping = self._is_stopping or any(end in ready for end in ends)
        self._listener.heard()

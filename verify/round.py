"""One round: load, a death, a restart, and what came of it."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from verify.ledger import Ledger, Verdict, judge
from verify.load import EVENTS, Event, post
from verify.points import By, Point
from verify.sink import Sink, listening
from verify.world import KEY, PROJECT

WAVE = 3
BETWEEN_WAVES = 0.03
# Patience costs nothing where all goes well, and machines do other things too.
DIES_WITHIN = 60.0
SETTLES_WITHIN = 240.0


class Instance(Protocol):
    """The product under test, in real processes."""

    port: int

    def start(self, fault: str = "") -> None: ...
    def has_died(self) -> bool: ...
    def kill(self, only: str = "") -> None: ...
    def deafen(self, within: float) -> bool: ...
    def let_leases_end(self) -> None: ...
    def ledger(self) -> Ledger: ...


Start = Callable[[str], AbstractContextManager[Instance]]


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one round. `reached` says whether the process died where it was to die."""

    point: Point
    reached: bool
    seconds: float
    verdict: Verdict


@dataclass
class _Load:
    """Events on their way in, in waves, so that they make several batches."""

    port: int
    events: Sequence[Event]
    unanswered: list[Event] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        for first in range(0, len(self.events), WAVE):
            wave = self.events[first : first + WAVE]
            self.unanswered += wave if self.stopped.is_set() else post(self.port, PROJECT, KEY, wave)
            self.stopped.wait(BETWEEN_WAVES)


def play(point: Point, start: Start, chance: random.Random, sent: Sequence[Event]) -> Round:
    """Kills once at a point and lets the product go on; what was not answered 200 is sent again, as senders do."""
    began = time.monotonic()
    on_pass = chance.randint(1, point.passes)
    with listening(hold=on_pass if point.by is By.SINK else 0) as sink, start(sink.url) as instance:
        instance.start(f"{point.name}:{on_pass}" if point.by is By.PRODUCT else "")
        load = _Load(instance.port, sent)
        sending = threading.Thread(target=load.run)
        sending.start()
        reached = _until_death(point, instance, sink, chance)
        instance.kill(point.only)
        instance.let_leases_end()
        load.stopped.set()
        sending.join()
        instance.start()
        again = post(instance.port, PROJECT, KEY, load.unanswered)
        expected = {intent for event in load.events for intent in event.intents()}
        ledger = _settled(instance, len(expected))
        verdict = judge(expected, sink.arrived, ledger, refused=len(again))
    return Round(point, reached, time.monotonic() - began, verdict)


def _until_death(point: Point, instance: Instance, sink: Sink, chance: random.Random) -> bool:
    """Waits until the process has died, or until it is time to kill it; whether that came to pass."""
    match point.by:
        case By.PRODUCT:
            return _until(instance.has_died, DIES_WITHIN)
        case By.SINK:
            return sink.holding.wait(DIES_WITHIN)
        case By.LINE:
            return instance.deafen(DIES_WITHIN)
        case By.CHANCE:
            # Counted, not timed: on a slow machine a moment later nothing may have come yet, on a quick one all.
            some = chance.randrange(2 * EVENTS)
            return _until(lambda: sink.arrived.total() >= some, DIES_WITHIN)


def _settled(instance: Instance, expected: int) -> Ledger:
    """The ledger once nothing is under way, or as it is when that takes too long."""
    _until(lambda: instance.ledger().has_settled(expected), SETTLES_WITHIN)
    return instance.ledger()


def _until(holds: Callable[[], bool], within: float) -> bool:
    until = time.monotonic() + within
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True

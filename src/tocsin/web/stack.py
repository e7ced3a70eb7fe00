"""A stack trace as people read it: the raise on top, own code open, runs of other people's code folded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tocsin.formats.view import EventView, ExceptionView, FrameView

OPEN_FRAMES = 4  # of an exception's own code; a recursion of 200 calls would bury everything else
FOLD_FROM = 3  # shorter runs of library code cost less to read than to open


@dataclass(frozen=True, slots=True)
class Call:
    frame: FrameView
    is_open: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Calls that belong together; a folded run is shown as one line until it is opened."""

    calls: tuple[Call, ...]
    is_folded: bool


@dataclass(frozen=True, slots=True)
class Raised:
    """One exception of the chain; `link` says how it relates to the one above it."""

    exception: ExceptionView
    link: str
    runs: tuple[Run, ...]


def raised(event: EventView) -> tuple[Raised, ...]:
    """The chain, the raised exception first and its causes below; only the first has calls open."""
    found = [
        Raised(one, "caused by" if index else "", runs(one.frames, opened=0 if index else OPEN_FRAMES))
        for index, one in enumerate(reversed(event.exceptions))
    ]
    return tuple(found)


def runs(frames: Sequence[FrameView], opened: int = OPEN_FRAMES) -> tuple[Run, ...]:
    """The calls from the innermost outwards. Where no call is the application's own, the innermost is open."""
    latest_first = list(reversed(frames))
    own = [index for index, frame in enumerate(latest_first) if frame.in_app]
    is_open = set(own[:opened] if own else range(min(opened, 1)))
    return tuple(_runs(latest_first, is_open))


def _runs(frames: Sequence[FrameView], is_open: set[int]) -> Iterator[Run]:
    for _, group in groupby(enumerate(frames), key=lambda pair: pair[1].in_app or pair[0] in is_open):
        calls = tuple(Call(frame, index in is_open) for index, frame in group)
        yield Run(calls, is_folded=not calls[0].frame.in_app and len(calls) >= FOLD_FROM)

"""The calls of a stack trace, and which of them are the application's own."""

from typing import TypeVar

from tocsin.core.event import Frame
from tocsin.formats.event_wire import WireFrame, WireStack

FRAMES = 250
LENGTH = 512

# Where other people's code lives, for clients too old to say which frames are the application's own.
LIBRARIES = ("/site-packages/", "/dist-packages/", "/node_modules/", "/lib/python", "/gems/", "<frozen ")

T = TypeVar("T")


def calls(stack: WireStack | None) -> tuple[Frame, ...]:
    if stack is None or not stack.frames:
        return ()
    given = both_ends([frame for frame in stack.frames if frame is not None])
    if all(frame.in_app is None for frame in given):
        for frame in given:
            frame.in_app = is_own(frame.abs_path or frame.filename or "")
    return tuple([_frame(frame) for frame in given])


def both_ends(frames: list[T]) -> list[T]:
    """The outermost and the innermost 125 calls; recursion without end fills what lies between."""
    return frames if len(frames) <= FRAMES else frames[: FRAMES // 2] + frames[-FRAMES // 2 :]


def is_own(path: str) -> bool:
    """Whether a file looks like the application's own code, where the SDK does not say."""
    path = path.replace("\\", "/")
    return bool(path) and not any(library in path for library in LIBRARIES)


def _frame(frame: WireFrame) -> Frame:
    # Positional and unstripped: by keywords, and through trimmed(), 25 frames took 45 µs instead of 17.
    return Frame(
        (frame.filename or frame.abs_path or "")[:LENGTH],
        (frame.abs_path or "")[:LENGTH],
        (frame.module or "")[:LENGTH],
        (frame.function or "")[:LENGTH],
        (frame.context_line or "")[:LENGTH],
        frame.lineno or 0,
        frame.colno or 0,
        frame.in_app or False,
        (frame.package or "")[:LENGTH],
    )

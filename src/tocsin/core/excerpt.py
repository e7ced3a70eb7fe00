"""The few lines of an event that a message shows."""

from tocsin.core.chain import significant
from tocsin.core.event import Event, Frame

LINES = 5
CODE_WIDTH = 160


def stack(event: Event) -> str:
    """The innermost calls, the raise first, the application's own where there are any; "" without a trace."""
    # Of the exception that the title names: a group's own calls tell nothing of what failed inside it.
    telling = reversed(significant(event.exceptions))
    frames = next((one.frames for one in telling if one.frames), event.frames)
    own = [frame for frame in frames if frame.in_app] or list(frames)
    return "\n".join(_lines(frame) for frame in own[::-1][:LINES])


def _lines(frame: Frame) -> str:
    where = frame.filename or frame.module or frame.abs_path or "?"
    line = f"{where}, line {frame.lineno}" if frame.lineno else where
    line += f", in {frame.function}" if frame.function else ""
    code = frame.context_line.strip()[:CODE_WIDTH]
    return f"{line}\n    {code}" if code else line

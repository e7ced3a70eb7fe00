"""Which exceptions of a chain say what failed, once groups of concurrent failures are opened up."""

from tocsin.core.event import Event, ExceptionValue, Frame


def significant(exceptions: tuple[ExceptionValue, ...]) -> tuple[ExceptionValue, ...]:
    """The exceptions to go by, causes first, the raised one last.

    A group (Python's ExceptionGroup, an AggregateError) says nothing by itself. With one kind of exception
    inside, that exception and its causes stand for it; with several kinds, one of each stands beside the group.
    """
    groups = {one.id for one in exceptions if one.is_group and one.id is not None}
    if not groups:
        return exceptions
    inner = [one for one in exceptions if one.parent in groups and not one.is_group]
    kinds = {_kind(one): one for one in inner}
    if not kinds:
        return exceptions
    if len(kinds) == 1:
        (only,) = kinds.values()
        return (*_causes(only, exceptions), only)
    # Tasks fail in any order; the order of their kinds must not make another issue.
    outermost = tuple(one for one in exceptions if one.is_group)[-1:]
    return (*(kinds[kind] for kind in sorted(kinds)), *outermost)


def raised(event: Event) -> ExceptionValue | None:
    """The exception that names the event."""
    return next(reversed(significant(event.exceptions)), None)


def innermost(frames: tuple[Frame, ...]) -> Frame | None:
    """The call to blame: the last one in the application's own code, else the last one."""
    for frame in reversed(frames):
        if frame.in_app:
            return frame
    return frames[-1] if frames else None


def _kind(one: ExceptionValue) -> tuple[str, str, str]:
    frame = innermost(one.frames)
    return (one.type, *((frame.module or frame.filename, frame.function) if frame else ("", "")))


def _causes(one: ExceptionValue, exceptions: tuple[ExceptionValue, ...]) -> list[ExceptionValue]:
    by_parent = {other.parent: other for other in exceptions if other.parent is not None}
    causes: list[ExceptionValue] = []
    while one.id is not None and (cause := by_parent.get(one.id)) and cause is not one:
        if cause in causes:
            break
        causes.insert(0, cause)
        one = cause
    return causes

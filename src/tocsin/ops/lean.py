"""What a process does without, so that it stays small."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(package: str) -> Iterator[None]:
    """While it lasts nothing finds a package that it would import only because it is there."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # this is how Python is told that there is none
    try:
        yield
    finally:
        del sys.modules[package]


# It draws tracebacks with rich where it finds it: 6 MB in each process, for a look that ours have not. Whoever in
# this row logs takes it from here, and is imported before the rows below.
with without("rich"):
    import structlog
    from structlog.typing import EventDict, Processor

__all__ = ["EventDict", "Processor", "structlog", "without"]

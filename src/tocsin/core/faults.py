"""Named points at which a process can be made to die, as if by kill -9: this is how docs/delivery.md is proven.

TOCSIN_FAULT=deliver.after_claim:3 ends the process the third time it comes to that point. Only
script/verify-delivery sets it; without it a point does nothing.
"""

import os
import signal
from itertools import count

_name, _, _pass = os.environ.get("TOCSIN_FAULT", "").partition(":")
_fatal = int(_pass or 1)
_passes = count(1)


def point(name: str) -> None:
    """The process has come to a point of this name."""
    if name == _name and next(_passes) == _fatal:
        os.kill(os.getpid(), signal.SIGKILL)

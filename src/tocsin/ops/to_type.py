"""A command as it is to be typed: what one command says of another can be copied as it stands."""

import os
import shlex
import shutil
import sys
from pathlib import Path


def to_type(command: str, data: Path) -> str:
    """The whole line for `command` ("up") on the data folder `data`, from where we are."""
    where = "" if data == Path("data") else f" --data {shlex.quote(str(data))}"
    return f"{_program()} {command}{where}"


def _program() -> str:
    """How this very program is called from here: a clone's environment is seldom on the path."""
    beside = Path(sys.executable).with_name("tocsin")
    return "tocsin" if shutil.which("tocsin") or not beside.exists() else os.path.relpath(beside)

"""Where the real programs are that tests talk to.

`script/services` brings them. Each finder answers None when its part is not on this machine. A test
that talks to one says so with `@pytest.mark.needs("chromium", "emulate")`; plugin.py does the rest.
"""

import ctypes
import functools
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from tests.real_parts import servers

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"


def chromium() -> Path | None:
    """A browser for Playwright's `executable_path`: the system's, else Playwright's own."""
    if sys.platform == "linux" and not _loads("libatomic.so.1"):  # Playwright's own Node needs it
        return None
    on_path = shutil.which("chromium")
    if on_path:
        return Path(on_path)
    return next(iter(sorted(CACHE.glob("playwright/chromium-*/chrome-linux*/chrome"))), None)


def smtp_sink() -> list[str] | None:
    """The command of Postfix's test mail server; give it `-u nobody` if root, address, backlog."""
    return _system_program("smtp-sink") or _unpacked("postfix", "usr/sbin/smtp-sink", "usr/lib/postfix")


def ngircd() -> list[str] | None:
    """The command of an IRC server; give it `--nodaemon --config FILE`."""
    return _system_program("ngircd") or _unpacked("ngircd", "usr/sbin/ngircd", "usr/lib")


def node24() -> Path | None:
    """Node 24, which the emulator needs; the system's is often older."""
    return next(iter(CACHE.glob("node/node_modules/node-linux-*/bin/node")), None)


def emulate() -> list[str] | None:
    """The command of the Slack emulator; give it `start --service slack --port N [--seed FILE]`.

    Ready about 4 s after its start. It takes any token for valid and knows no Block Kit limits.
    """
    node, script = node24(), CACHE / "node/node_modules/emulate/dist/index.js"
    return [str(node), str(script)] if node and script.is_file() else None


def sdk_python(name: str) -> Path | None:
    """The Python of an application that reports errors with `sentry-1x`, `sentry-2x` or `raven`."""
    python = CACHE / "sdk" / name / "bin/python"
    return python if python.exists() else None


def sentry_cli() -> Path | None:
    """The program with which builds tell of releases, commits and deploys."""
    program = CACHE / "sentry-cli/bin/sentry-cli"
    return program if program.exists() else None


def shared_schemas() -> Path | None:
    """Official descriptions of outside APIs: the folder `shared/schemas` beside the checkout."""
    folder = ROOT.parent / "shared/schemas"
    return folder if folder.is_dir() else None


PARTS: dict[str, Callable[[], object]] = {
    "chromium": chromium,
    "smtp_sink": smtp_sink,
    "ngircd": ngircd,
    "node24": node24,
    "emulate": emulate,
    "sentry_1x": lambda: sdk_python("sentry-1x"),
    "sentry_2x": lambda: sdk_python("sentry-2x"),
    "raven": lambda: sdk_python("raven"),
    "sentry_cli": sentry_cli,
    "shared_schemas": shared_schemas,
    "postgresql": servers.postgresql,
    "rabbitmq": servers.rabbitmq,
    "redis": servers.redis,
}


@functools.cache
def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _system_program(name: str) -> list[str] | None:
    # /usr/sbin is on root's PATH only.
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    return [found] if found else None


def _unpacked(package: str, program: str, libraries: str) -> list[str] | None:
    """A program of an unpacked Debian package, told where the package's own libraries are."""
    folder = CACHE / package
    if not (folder / program).is_file():
        return None
    return ["env", f"LD_LIBRARY_PATH={folder / libraries}", str(folder / program)]

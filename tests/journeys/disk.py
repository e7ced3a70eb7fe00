"""A disk that can be filled to its last byte and freed again, whoever runs the tests."""

import resource
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

# The door leaves the digest 64 MB, so a disk on which it takes anything is larger than that.
SIZE = 128 * 1024 * 1024
PIECE = bytes(1024 * 1024)


class Disk(Protocol):
    """`fill` leaves no room for the processes given, `free` gives it back."""

    folder: Path

    def fill(self, processes: Sequence[int]) -> None: ...

    def free(self) -> None: ...


@contextmanager
def a_small_disk(folder: Path) -> Iterator[Disk]:
    """A file system in memory where it may be mounted; else the user's own disk, on which no file may grow."""
    folder.mkdir()
    if not _mounted(folder):
        yield _NoFileMayGrow(folder)
        return
    try:
        yield _Mounted(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mounted(folder: Path) -> bool:
    mount = shutil.which("mount")
    words = ["-t", "tmpfs", "-o", f"size={SIZE}", "tocsin-test", str(folder)]
    return mount is not None and subprocess.run([mount, *words], capture_output=True, check=False).returncode == 0


@dataclass
class _Mounted:
    folder: Path

    def fill(self, processes: Sequence[int]) -> None:
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(PIECE)
            except OSError:
                return

    def free(self) -> None:
        (self.folder / "ballast").unlink()


@dataclass
class _NoFileMayGrow:
    folder: Path
    processes: Sequence[int] = ()
    before: dict[int, tuple[int, int]] = field(default_factory=dict)

    def fill(self, processes: Sequence[int]) -> None:
        for pid in processes:
            self.before[pid] = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, self.before[pid][1]))

    def free(self) -> None:
        for pid, limits in self.before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

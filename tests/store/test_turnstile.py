"""Who waits to write comes next, whichever process it is; nobody waits for a dead one, or for ever."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tocsin.store.turnstile import Turnstile

WAITS = 20.0
# Another process: it says when it is in its turn, and stays until it is told to go (or, at the end, dies).
OTHER = """
import sys
from pathlib import Path
from tocsin.store.turnstile import Turnstile
turnstile = Turnstile(Path(sys.argv[1]), float(sys.argv[2]))
with turnstile.turn():
    print("in", flush=True)
    sys.stdin.readline()
    with open(sys.argv[1] + ".log", "a") as log:
        log.write("other ")
"""


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "turn"


@pytest.fixture
def turnstile(path) -> Iterator[Turnstile]:
    made = Turnstile(path, WAITS)
    yield made
    made.close()


class Other:
    def __init__(self, path: Path, patience: float = WAITS) -> None:
        command = [sys.executable, "-c", OTHER, str(path), str(patience)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def is_in(self) -> bool:
        assert self._process.stdout
        return self._process.stdout.readline() == "in\n"

    def goes(self) -> None:
        self._process.communicate("\n", timeout=WAITS)

    def dies(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=WAITS)


def is_free(path: Path, place: int) -> bool:
    """As another process sees it: ours never conflict with ourselves."""
    look = (
        "import fcntl, os, sys\n"
        "file = os.open(sys.argv[1], os.O_RDWR)\n"
        "try: fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, int(sys.argv[2]))\n"
        "except OSError: sys.exit(1)\n"
    )
    return subprocess.run([sys.executable, "-c", look, str(path), str(place)], check=False).returncode == 0


# The product in a folder: it writes once.
WRITES = """
import django
django.setup()
from tocsin.store.db import one_transaction
with one_transaction():
    print("wrote")
"""


def writes_in(folder: Path) -> str:
    known = {"DJANGO_SETTINGS_MODULE": "tocsin.ops.django_settings", "PYTHONPATH": ":".join(sys.path)}
    (folder / "data").mkdir(exist_ok=True)
    command = [sys.executable, "-c", WRITES]
    return subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=False).stdout


def test_one_processs_turn_is_nobody_elses(path, turnstile):
    with turnstile.turn():
        assert not is_free(path, 1)


def test_a_turn_ends(path, turnstile):
    with turnstile.turn():
        pass

    assert is_free(path, 1)


def test_who_has_left_waits_behind_who_waits(path, turnstile):
    log = Path(f"{path}.log")
    with turnstile.turn():
        other = Other(path)
        while is_free(path, 0):  # until it stands before the door
            pass
        log.write_text("we ")
    gone = threading.Thread(target=lambda: (other.is_in(), other.goes()))
    gone.start()
    with turnstile.turn(), log.open("a") as file:
        file.write("we ")
    gone.join(WAITS)

    assert log.read_text() == "we other we "


def test_a_process_that_dies_gives_its_turn_up(path, turnstile):
    other = Other(path)
    assert other.is_in()
    other.dies()

    with turnstile.turn():
        assert not is_free(path, 1)


def test_nobody_waits_for_ever(path, turnstile):
    with turnstile.turn():
        other = Other(path, patience=0.0)
        assert other.is_in()
        other.goes()


def test_a_thread_may_ask_within_its_turn(turnstile):
    with turnstile.turn(), turnstile.turn():
        pass


def test_threads_of_a_process_write_one_at_a_time(turnstile):
    inside, most = 0, 0

    def write() -> None:
        nonlocal inside, most
        for _ in range(200):
            with turnstile.turn():
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAITS)

    assert most == 1


def test_when_nobody_of_the_process_waits_any_more_the_turn_is_given_up(path, turnstile):
    with turnstile.turn():
        waiting = threading.Thread(target=_takes_a_turn, args=(turnstile,))
        waiting.start()
    waiting.join(WAITS)

    assert is_free(path, 1)


def _takes_a_turn(turnstile: Turnstile) -> None:
    with turnstile.turn():
        pass


def test_turns_are_taken_in_the_folder_that_goes_without_saying(tmp_path):
    assert writes_in(tmp_path) == "wrote\n"
    assert (tmp_path / "data" / "tocsin.sqlite3-turn").is_file()


def test_who_cannot_have_the_file_writes_all_the_same(tmp_path):
    (tmp_path / "data" / "tocsin.sqlite3-turn").mkdir(parents=True)

    assert writes_in(tmp_path) == "wrote\n"


def test_who_can_open_the_database_can_open_the_file(tmp_path, path):
    database = tmp_path / "database"
    database.touch()
    database.chmod(0o640)

    Turnstile(path, WAITS, beside=database).close()

    assert path.stat().st_mode & 0o777 == 0o640


def test_what_root_made_belongs_to_the_owner_of_the_database(tmp_path, path):
    """Who is not root makes and owns both: nobody else gives files away."""
    database = tmp_path / "database"
    database.touch()
    owner = (4321, 4321) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(database, *owner)

    Turnstile(path, WAITS, beside=database).close()

    assert (path.stat().st_uid, path.stat().st_gid) == owner

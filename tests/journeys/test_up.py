"""`tocsin up`: one command, one process tree, one clear line for whatever stops it."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.instance import Instance

pytestmark = pytest.mark.journey


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path / "data")


def failing(instance: Instance, *arguments: str) -> str:
    """What a command says that has to fail; its exit code is not 0."""
    done = subprocess.run(
        [sys.executable, "-m", "tocsin.ops", *arguments],
        env=instance._env(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    return done.stderr.strip()


def test_the_first_start_prints_a_sign_in_link_and_a_dsn(instance):
    with instance.up():
        pass

    assert f"{instance.url}/sign-in/link/" in instance.said
    assert f"@127.0.0.1:{instance.port}/1" in instance.said


def test_links_name_the_port_it_listens_on(instance):
    instance.environment["TOCSIN_URL"] = ""

    with instance.up():
        pass

    assert f"Tocsin is ready at http://127.0.0.1:{instance.port}/" in instance.said


def test_a_command_run_beside_it_names_the_port_it_listens_on(instance):
    instance.environment["TOCSIN_URL"] = ""

    with instance.up():
        said = instance.run("sign-in", "admin@localhost")

    assert said.startswith(f"http://127.0.0.1:{instance.port}/sign-in/link/")


def test_the_secret_key_is_its_owners_alone(instance):
    with instance.up():
        pass

    assert (instance.data / "secret.key").stat().st_mode & 0o777 == 0o600


def test_no_account_has_a_password_until_its_owner_chooses_one(instance):
    with instance.up():
        pass

    assert all(password.startswith("!") for (password,) in instance.rows("SELECT password FROM store_user"))


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_on(instance, name):
    with instance.up() as process:
        process.send_signal(name)
        process.communicate(timeout=40)

    assert process.returncode == 0


def test_a_second_up_on_the_same_folder_is_told_so(instance):
    with instance.up():
        said = failing(instance, "up", "--port", "1")

    assert said == f"Error: Another tocsin up or tocsin web runs on {instance.data} already. Stop it first."


def test_a_second_door_on_the_same_folder_is_told_so(instance):
    with instance.up():
        said = failing(instance, "web", "--port", "1")

    assert said == f"Error: Another tocsin up or tocsin web runs on {instance.data} already. Stop it first."


def test_a_taken_port_is_one_line(instance):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        said = failing(instance, "up", "--port", str(other.getsockname()[1]))

    assert said.endswith("Address already in use. Stop what uses it, or choose --port.")


def test_a_wrong_setting_is_one_line_that_names_it(instance):
    instance.environment["TOCSIN_URL"] = "localhost:8000"

    said = failing(instance, "up")

    assert said.startswith("tocsin: TOCSIN_URL is 'localhost:8000'; set it to what people type")


def test_the_worker_ends_when_its_parent_is_killed(instance):
    with instance.up() as process:
        worker = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
        waiting = process_end(worker)
        process.kill()

        assert waiting.poll(30_000)


def process_end(pid: int) -> "object":
    """A poll object that becomes ready when a process that is not our child has ended."""
    import os
    import select

    poll = select.poll()
    poll.register(os.pidfd_open(pid), select.POLLIN)
    return poll

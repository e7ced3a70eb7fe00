"""A worker that hangs is seen from outside, within ten seconds, and so is its recovery."""

import json
import os
import signal
import sqlite3
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from tests.journeys.instance import PATIENCE, Instance

pytestmark = pytest.mark.journey


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    founded = Instance(tmp_path / "data")
    with founded.up() as process:
        founded.worker = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
        yield founded


def ready(instance: Instance) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(f"{instance.url}/-/readyz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def seconds_until(instance: Instance, status: int) -> tuple[float, dict]:
    """How long it took until it answered so, and what it said then."""
    began, never = monotonic(), threading.Event()
    while (found := ready(instance))[0] != status:
        assert monotonic() - began < PATIENCE, found
        never.wait(0.2)
    return monotonic() - began, found[1]


def wait_for_signs(instance: Instance) -> None:
    """Until both loops have reported: in its first seconds an instance is ready without."""
    began, never = monotonic(), threading.Event()
    with closing(sqlite3.connect(instance.data / "tocsin.sqlite3")) as asked:
        while asked.execute("SELECT count(*) FROM store_heartbeat").fetchone() != (2,):
            assert monotonic() - began < PATIENCE
            never.wait(0.2)


def test_a_stopped_worker_is_red_within_ten_seconds_and_green_again(instance):
    wait_for_signs(instance)

    os.kill(instance.worker, signal.SIGSTOP)
    took, said = seconds_until(instance, 503)
    os.kill(instance.worker, signal.SIGCONT)

    assert took < 10
    assert all(" has completed nothing for " in words for words in said["stuck"])
    assert seconds_until(instance, 200)[0] < 10


def test_an_idle_worker_stays_green(instance):
    seconds_until(instance, 200)
    never = threading.Event()

    seen = {(ready(instance)[0], never.wait(0.2)) for _ in range(60)}

    assert seen == {(200, False)}


def test_an_instance_on_this_machine_shows_its_metrics(instance):
    seconds_until(instance, 200)

    with urllib.request.urlopen(f"{instance.url}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()

    assert "tocsin_ready 1.0" in lines
    assert "tocsin_books_balanced 1.0" in lines

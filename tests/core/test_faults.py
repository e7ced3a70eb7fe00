"""The points at which script/verify-delivery lets a process die."""

import os
import signal
import subprocess
import sys

import pytest

SCRIPT = """
from tocsin.core import faults
for step in ("one", "two", "one", "two"):
    faults.point(step)
    print(step, flush=True)
"""


def run(fault: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "TOCSIN_FAULT"}
    if fault is not None:
        environment["TOCSIN_FAULT"] = fault
    return subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("fault", [None, "", "three", "one:3"])
def test_a_point_that_is_not_armed_does_nothing(fault):
    assert run(fault).returncode == 0


@pytest.mark.parametrize(
    ("fault", "got_to"), [("one", []), ("one:1", []), ("two:1", ["one"]), ("one:2", ["one", "two"])]
)
def test_a_process_dies_at_its_point_on_the_pass_that_was_asked_for(fault, got_to):
    died = run(fault)

    assert died.returncode == -signal.SIGKILL
    assert died.stdout.split() == got_to

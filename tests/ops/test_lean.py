"""A process holds no more than it needs."""

import subprocess
import sys

import pytest

from tocsin.ops.lean import without


def test_logging_brings_no_drawing_of_tracebacks():
    look = "import tocsin.ops.logs, sys; print('rich' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "False"


def test_afterwards_it_is_found_again():
    with without("colorsys"), pytest.raises(ImportError):
        import colorsys

    import colorsys  # noqa: F401


def test_what_is_there_already_stays():
    with without("sys"):
        assert sys.modules["sys"] is sys

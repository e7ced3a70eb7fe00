"""The scripts that people and CI start with, run for real on machines made for the test."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.real_parts import ROOT

SCRIPTS = sorted(path for path in (ROOT / "script").iterdir() if path.suffix == "")


@pytest.mark.parametrize("script", [*SCRIPTS, ROOT / ".ci/run"], ids=lambda path: path.name)
def test_every_script_can_be_run_stops_at_the_first_error_and_says_what_it_is_for(script: Path):
    lines = script.read_text().splitlines()

    assert os.access(script, os.X_OK)
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[1].startswith("# ")
    assert "set -euo pipefail" in lines


def test_no_lock_file_of_node_names_a_place_to_download_from():
    lock = json.loads((ROOT / "tests/real_parts/package-lock.json").read_text())

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_bench_without_a_name_lists_the_benches(checkout: Path):
    (checkout / "bench").mkdir()
    (checkout / "bench/ingest.py").touch()
    (checkout / "bench/_load.py").touch()

    listed = run(checkout, "script/bench")

    assert listed.stdout == "script/bench NAME, where NAME is one of: ingest\n"
    assert listed.returncode == 0


def test_bench_refuses_a_name_it_does_not_know(checkout: Path):
    refused = run(checkout, "script/bench", "no-such-bench")

    assert refused.stderr.startswith("script/bench NAME, where NAME is one of:")
    assert refused.returncode == 2


def test_services_refuses_a_part_it_does_not_know(checkout: Path):
    refused = run(checkout, "script/services", "gopher")

    assert refused.stderr.startswith("script/services knows no part gopher, only: chromium ")
    assert refused.returncode == 2


def test_setup_asks_for_a_newer_python_in_one_line(checkout: Path, machine: Path):
    program(machine, "python3", 'case $1 in -V) echo "Python 3.9.2" ;; *) exit 1 ;; esac')

    refused = run(checkout, "script/setup", path=machine)

    assert refused.stderr == (
        "Tocsin needs Python 3.11 or newer and found Python 3.9.2: "
        "install python3.11 or newer, or set PYTHON to one\n"
    )
    assert refused.returncode == 1


def test_setup_asks_for_python_where_there_is_none(checkout: Path, machine: Path):
    refused = run(checkout, "script/setup", path=machine)

    assert refused.stderr == "python3 is missing: run  sudo apt-get install python3\n"


def test_setup_asks_for_venv_in_one_line_where_it_may_not_install_it(checkout: Path, machine: Path):
    program(machine, "id", "echo 1000")
    program(machine, "python3", "case $2 in *ensurepip*) exit 1 ;; *) exit 0 ;; esac")

    refused = run(checkout, "script/setup", path=machine)

    assert refused.stderr == ("python3-venv is missing: run  sudo apt-get install python3-venv\n")
    assert refused.returncode == 1


def test_a_part_that_cannot_be_brought_is_named_with_what_to_run(checkout: Path, machine: Path):
    told = run(checkout, "script/services", "raven", path=machine)

    assert told.stdout == (
        "  raven        missing: python3 is missing: run  sudo apt-get install python3"
        " (log: .cache/log/raven.log)\n"
    )
    assert told.returncode == 0


def test_a_part_that_cannot_be_brought_is_a_failure_in_ci(checkout: Path, machine: Path):
    told = run(checkout, "script/services", "raven", path=machine, CI="true")

    assert told.stderr == "Missing with CI=true: raven\n"
    assert told.returncode == 1


@pytest.mark.journey
@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["one process", "xdist"])
def test_a_test_whose_part_is_missing_is_left_out_and_counted_last(suite: Path, workers: list[str]):
    told = pytest_in(suite, *workers)

    assert told.stdout.splitlines()[-1] == ("Not run, part missing: chromium (2 tests); see script/services")
    assert "1 passed" in told.stdout
    assert told.returncode == 0


@pytest.mark.journey
def test_a_test_whose_part_is_missing_fails_in_ci(suite: Path):
    told = pytest_in(suite, CI="true")

    assert "part missing: chromium; run script/services" in told.stdout
    assert "1 passed, 2 errors" in told.stdout
    assert told.returncode == 1


@pytest.mark.journey
def test_a_test_that_needs_an_unknown_part_stops_the_run(suite: Path):
    (suite / "test_typo.py").write_text('import pytest\n@pytest.mark.needs("cromium")\ndef test_a_page(): pass\n')

    told = pytest_in(suite)

    assert "needs 'cromium'; the parts are chromium, " in told.stdout + told.stderr
    assert told.returncode == pytest.ExitCode.USAGE_ERROR


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The scripts alone: nothing set up, nothing that they could change of ours."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "script", folder / "script")
    return folder


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH with what every Debian has, and no Python, no apt and none of the parts."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("bash", "env", "dirname", "cksum", "head", "tail", "mkdir", "id", "cmp", "flock"):
        (folder / name).symlink_to(shutil.which(name) or f"/usr/bin/{name}")
    return folder


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Three tests, two of which need a browser, on a machine without one."""
    (tmp_path / "conftest.py").write_text(
        "from tests import real_parts\n"
        'real_parts.PARTS["chromium"] = lambda: None\n'
        'pytest_plugins = ["tests.real_parts.plugin"]\n'
    )
    (tmp_path / "test_pages.py").write_text(
        "import pytest\n"
        '@pytest.mark.needs("chromium")\n'
        '@pytest.mark.parametrize("theme", ["dark", "light"])\n'
        "def test_a_page(theme): pass\n"
        "def test_a_sum(): pass\n"
    )
    return tmp_path


def program(machine: Path, name: str, body: str) -> None:
    (machine / name).unlink(missing_ok=True)
    (machine / name).write_text(f"#!/bin/bash\n{body}\n")
    (machine / name).chmod(0o755)


def run(
    folder: Path, script: str, *arguments: str, path: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in {"CI", "PYTHON"}}
    if path:
        inherited["PATH"] = str(path)
    return subprocess.run(
        [str(folder / script), *arguments],
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def pytest_in(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    alone = ["-p", "no:django", "-p", "no:cacheprovider", "-c", os.devnull]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *alone, "--rootdir", str(folder), *options, str(folder)],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

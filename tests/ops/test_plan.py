"""The exit codes of `tocsin plan` and `apply`: a script tells a refused file from a wrong command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.builders import World, a_world
from tocsin.ops.main import tocsin

REFUSED = {
    "an unknown key": b"version: 1\norganization: acme\nmoon: 1\n",
    "no YAML": b"organization: [acme\n",
    "another version": b"version: 2\norganization: acme\n",
    "nothing": b"",
    "no text": b"\xff\xfe\x00",
    "an unknown organization": b"version: 1\norganization: emca\n",
    "an unknown project": b"version: 1\norganization: acme\nprojects:\n- slug: moon\n",
}


@pytest.fixture(autouse=True)
def world(db) -> World:
    return a_world()


def code(command: str, file: Path) -> int:
    return CliRunner().invoke(tocsin, [command, str(file)]).exit_code


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_refused_is_1(tmp_path, command, content):
    file = tmp_path / "tocsin.yaml"
    file.write_bytes(content)

    found = CliRunner().invoke(tocsin, [command, str(file)])

    assert (found.exit_code, found.output[:7]) == (1, "Error: ")


def test_a_file_that_changes_nothing_is_0_and_one_that_does_3(tmp_path):
    file = tmp_path / "tocsin.yaml"
    file.write_text("version: 1\norganization: acme\n")
    before = code("plan", file)

    file.write_text("version: 1\norganization: acme\nteams:\n- slug: sea\n  name: Sea\n  members: []\n")

    assert (before, code("plan", file)) == (0, 3)


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_file_that_is_not_there_is_a_wrong_command_line(tmp_path, command):
    assert code(command, tmp_path / "none.yaml") == 2

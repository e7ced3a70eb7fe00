"""What one command says of another can be typed as it stands."""

from pathlib import Path

import pytest

from tocsin.ops import to_type as module
from tocsin.ops.to_type import to_type


@pytest.fixture(autouse=True)
def _tocsin_is_on_the_path(monkeypatch):
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/usr/bin/{name}")


def test_the_folder_is_named():
    assert to_type("up", Path("/srv/tocsin")) == "tocsin up --data /srv/tocsin"


def test_the_folder_that_is_looked_in_anyway_is_not():
    assert to_type("up", Path("data")) == "tocsin up"


def test_a_folder_with_a_space_is_one_word():
    assert to_type("up", Path("/srv/my data")) == "tocsin up --data '/srv/my data'"


def test_a_program_that_is_not_on_the_path_is_called_where_it_is(tmp_path, monkeypatch):
    (tmp_path / "tocsin").touch()
    monkeypatch.setattr(module.shutil, "which", lambda _: None)
    monkeypatch.setattr(module.sys, "executable", str(tmp_path / "python"))
    monkeypatch.chdir(tmp_path.parent)

    assert to_type("up", Path("data")) == f"{tmp_path.name}/tocsin up"

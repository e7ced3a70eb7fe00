"""A catalogue file and its test have the same name, so that who changes the one finds the other."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("providers", "notifications", "conditions", "formats", "triggers")


def files(room: Path) -> set[str]:
    """The names in a room of the catalogue; event_wire and the like are parts of event."""
    names = {one.stem for one in room.glob("*") if one.suffix == ".py" or (one / "__init__.py").is_file()}
    names.discard("__init__")
    return {name for name in names if not any(name.startswith(f"{other}_") for other in names)}


def untested(source: Path, tests: Path) -> set[str]:
    return {name for name in files(source) if not (tests / f"test_{name}.py").is_file()}


@pytest.mark.parametrize("room", [room for room in ROOMS if (ROOT / "src/tocsin" / room).is_dir()])
def test_each_file_of_the_catalogue_has_a_test_of_its_name(room: str):
    assert untested(ROOT / "src/tocsin" / room, ROOT / "tests" / room) == set()


def test_a_file_without_a_test_is_noticed(tmp_path: Path):
    (tmp_path / "providers/fax").mkdir(parents=True)
    for name in ("__init__.py", "pager.py", "mail.py", "mail_body.py", "fax/__init__.py"):
        (tmp_path / "providers" / name).touch()
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_mail.py").touch()

    assert untested(tmp_path / "providers", tmp_path / "tests") == {"pager", "fax"}

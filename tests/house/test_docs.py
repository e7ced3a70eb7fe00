"""The reference says what is: each setting and command is on its page."""

from pathlib import Path

import pytest

from tocsin.core.search_keys import KEYS
from tocsin.ops.main import COMMANDS
from tocsin.ops.settings import Settings

DOCS = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_each_setting_is_on_the_reference_page(name):
    assert f"`TOCSIN_{name.upper()}`" in (DOCS / "settings.md").read_text()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_is_on_the_reference_page(name):
    assert f"`tocsin {name}" in (DOCS / "commands.md").read_text()


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_each_key_of_the_search_is_in_its_guide(key):
    assert f"| `{key.name}:` |" in (DOCS.parent / "guides" / "search.md").read_text()

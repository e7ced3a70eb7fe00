"""The configuration file: its schema, what it takes, and what it refuses."""

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from tocsin.formats.configuration import BadConfigurationError, Configuration, TeamAs, read, schema, write

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = re.findall(r"```yaml\n(.*?)```", (DOCS / "guides/as-code.md").read_text(), re.DOTALL)[0]


def test_the_published_schema_is_that_of_the_declarations():
    assert json.loads((DOCS / "reference/configuration.schema.json").read_text()) == schema()


def test_the_guides_example_fits_the_schema():
    validator = Draft202012Validator(schema())

    assert list(validator.iter_errors(yaml.safe_load(EXAMPLE))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"organization": 7},
        {"version": 2},
        {"moon": True},
        {"teams": [{"slug": "Not A Slug"}]},
        {"projects": [{"slug": "shop", "rules": [{"name": "x"}]}]},
        {"projects": [{"slug": "shop", "rules": [{"name": "x", "actions": [], "frequency": 1}]}]},
    ],
)
def test_schema_and_reader_refuse_the_same(change):
    wrong = {**yaml.safe_load(EXAMPLE), **change}

    assert list(Draft202012Validator(schema()).iter_errors(wrong))
    with pytest.raises(BadConfigurationError):
        read(yaml.safe_dump(wrong))


def test_what_is_written_reads_the_same():
    found = read(EXAMPLE)

    assert isinstance(found, Configuration)
    assert read(write(found)) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("organization: [", "line 1"),
        ("organization: acme\norganization: other", "'organization' is given twice"),
        ("organization: &a acme\nteams: *a", "aliases are not read here"),
        ("organization: !!python/name:os.system x", "could not determine a constructor"),
        ("[]", "Expected `object`"),
        (
            "organization: acme\nprojects:\n- slug: shop\n  rules:\n  - name: ''\n    actions: []",
            "$.projects[0].rules[0].name",
        ),
        ("x: " + "a" * 5_000_001, "longer than"),
        ("[" * 5_000, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_says_where(text, said):
    with pytest.raises(BadConfigurationError) as caught:
        read(text)

    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["a\x85b", "a\u2028b\nc", "a\u2029b", "\ufeffa", "a\r\nb", " a \n\n b \n"])
def test_a_text_is_read_as_it_was_written(text):
    wanted = Configuration("acme", teams=[TeamAs("ops", text)])

    assert read(write(wanted)).teams[0].name == text

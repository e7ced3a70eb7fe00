"""Catalogue files of somebody else's, installed beside ours: the guide's example works, a broken one stops none."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from tests.conditions.asking import EVERY_EVENT, NOW, a_rule, facts
from tests.providers.blocks import a_message

from tocsin import conditions, notifications
from tocsin.core.additions import Occasion, added
from tocsin.core.evaluate import decide
from tocsin.core.message import Link, Listing
from tocsin.core.registry import Catalogue, load, load_plug_ins, plugged_in
from tocsin.core.rule import compile_rule

TESTS = Path(__file__).parents[1]
GUIDE = TESTS.parent / "docs/guides/plugins.md"
EXAMPLE = TESTS / "plugin_example"
EXAMPLES = ("tocsin_moon", "tocsin_runbook")
MOON = "com.example.moon.MoonFilter"


@pytest.fixture
def found(monkeypatch) -> Iterator[Catalogue]:
    """The catalogue with the example installed, and with an entry point that leads nowhere."""
    monkeypatch.syspath_prepend(EXAMPLE)
    yield Catalogue(
        conditions=load(conditions, "CONDITION"),
        kinds=load(notifications, "NOTIFICATION_KIND"),
        additions=load_plug_ins("tocsin.additions", "ADDITION"),
    )
    for name in EXAMPLES:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_guide_shows_the_example_as_it_is(name):
    assert (EXAMPLE / name / "__init__.py").read_text() in GUIDE.read_text()


@pytest.mark.parametrize(("percent", "fired"), [(75, True), (85, False)])
def test_an_installed_condition_is_asked_like_ours(found, percent, fired):
    data = {"conditions": [{"id": EVERY_EVENT}], "filters": [{"id": MOON, "percent": percent}]}
    rule = compile_rule(found, rule_id=1, project_id=1, label="", environment="", data=data)

    assert NOW.isoformat() == "2026-11-21T09:00:00+00:00"
    assert bool(decide([rule], facts()).matched) is fired


def test_a_plug_in_that_cannot_be_loaded_is_named_and_stops_no_other(found, caplog):
    assert MOON in {wire_id for one in found.conditions.values() for wire_id in one.ids}
    assert len(found.conditions) > 20
    assert "tocsin_moon_that_is_not_there" in "".join(one.getMessage() for one in caplog.get_records("setup"))


def an_alert(project):
    return Occasion("issue_alert", "alerts", "acme", project, "slack", a_message(title="Boom"))


def test_an_installed_addition_adds_to_what_it_is_for(found):
    page = Link("Runbook", "https://wiki.example.com/runbooks/shop")

    message, faults = added(found.additions_to("issue_alert"), an_alert("shop"))

    assert (message.blocks, faults) == ((Listing(page, "What to do about Boom"),), [])
    assert added(found.additions_to("issue_alert"), an_alert("blog"))[0].blocks == ()


def test_an_installed_addition_is_not_asked_for_anything_else(found):
    assert {kind for kind in found.kinds if found.additions_to(kind)} == {"issue_alert", "snooze_over"}


def test_of_two_additions_of_one_slug_the_second_is_left_out(monkeypatch, found, tmp_path, caplog):
    again = tmp_path / "again-1.0.dist-info"
    again.mkdir()
    (again / "METADATA").write_text("Metadata-Version: 2.1\nName: again\nVersion: 1.0\n")
    (again / "entry_points.txt").write_text("[tocsin.additions]\nsecond = tocsin_runbook\n")
    monkeypatch.syspath_prepend(tmp_path)

    assert list(load_plug_ins("tocsin.additions", "ADDITION")) == ["runbook"]
    assert "the slug 'runbook' is taken by tocsin_runbook" in caplog.text


def test_what_is_no_record_is_left_out(caplog):
    point = EntryPoint("odd", "json:dumps", "tocsin.conditions")

    assert list(plugged_in([point], "CONDITION")) == []
    assert "CONDITION must be a Condition" in caplog.text


def test_a_plug_in_does_not_take_over_an_id_of_ours(found):
    ours = found.conditions["every_event"]
    thief = found.conditions["moon"].__class__(**{**vars(found.conditions["moon"]), "ids": ours.ids})

    assert Catalogue(conditions={"every_event": ours, "moon": thief}).condition(EVERY_EVENT) is ours


def test_without_the_package_its_rules_say_what_is_gone():
    (broken,) = a_rule(filters=[{"id": MOON, "percent": 50}]).broken

    assert broken.reason == f"there is no condition or filter {MOON!r}"

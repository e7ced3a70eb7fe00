"""`tocsin rules test`: the cases of all rules, asked of each."""

import pytest
from click.testing import CliRunner

from tests.builders import NOW, a_world
from tocsin.pipeline.rule_tests import results
from tocsin.store.models import Rule

FIRST_SEEN = {"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"}
GOOD = {"name": "new", "given": {"happened": ["new"]}, "fires": True}
BAD = {"name": "old", "given": {}, "fires": True}


@pytest.fixture
def world(db):
    return a_world()


def a_rule(world, *tests, **columns):
    data = {"conditions": [FIRST_SEEN], "actions": [], "tests": list(tests)}
    place = columns or {"project": world.project}
    return Rule.objects.create(label="Tell us", data=data, date_added=NOW, **place)


def test_each_case_of_each_rule_is_asked(world):
    a_rule(world, GOOD, BAD)

    assert [(one.project, one.name, one.holds) for one in results()] == [
        ("shop", "new", True),
        ("shop", "old", False),
    ]


def test_a_project_alone_can_be_asked_about(world):
    a_rule(world, GOOD)
    a_rule(world, GOOD, organization=world.organization)

    assert len(results()) == 2
    assert len(results(project="shop")) == 1
    assert results(project="till") == []


def test_cases_that_cannot_be_read_fail(world):
    a_rule(world, {"name": "x"})

    assert [(one.holds, one.reason) for one in results()] == [(False, "Test 1 (x): fires must be true or false.")]


@pytest.mark.parametrize(("tests", "code", "said"), [([GOOD], 0, "1 tests, 0 failed."), ([BAD], 1, "fails")])
def test_the_command_says_which_fail_and_ends_with_1(world, monkeypatch, tests, code, said):
    from tocsin.ops import rules

    monkeypatch.setattr(rules, "django_ready", lambda data: None)
    a_rule(world, *tests)

    done = CliRunner().invoke(rules.command, ["test"])

    assert (done.exit_code, said in done.output) == (code, True)

import json

import pytest
from click.testing import CliRunner

from tests.builders import World, a_delivery, a_notification, a_world
from tocsin.ops.errors import WrongInputError
from tocsin.ops.replay import command
from tocsin.store.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world()


def run(*words):
    return CliRunner().invoke(command, words)


def queued() -> list[str]:
    return list(Delivery.objects.filter(state="queued").order_by("pk").values_list("label", flat=True))


def test_one_is_named_by_its_number_or_its_key(world):
    message = a_notification(world.project)
    first, second = a_delivery(message, label="one", state="dead"), a_delivery(message, label="two", state="failed")
    a_delivery(message, label="other", state="dead")

    assert json.loads(run(str(first.pk), second.key, "--json").stdout) == {"replayed": 2}
    assert queued() == ["one", "two"]


def test_all_that_match_are_replayed(world):
    message = a_notification(world.project)
    a_delivery(message, label="slack", provider="slack", state="dead")
    a_delivery(message, label="mail", state="dead")

    assert "1 queued again" in run("--all", "--provider", "slack").stdout
    assert queued() == ["slack"]


def test_a_dry_run_lists_and_sends_nothing(world):
    a_delivery(a_notification(world.project), label="ana@example.com", state="dead", reason="no such mailbox")

    said = run("--all", "--dry-run").stdout

    assert "no such mailbox" in said
    assert "1 would be queued again" in said
    assert queued() == []


@pytest.mark.parametrize(
    "words",
    [(), ("7", "--all"), ("7", "--provider", "slack"), ("--all", "--since", "soon"), ("--provider", "slack")],
)
def test_what_is_not_clear_replays_nothing(world, words):
    a_delivery(a_notification(world.project), state="dead")

    found = run(*words)

    assert (found.exit_code, queued()) == (WrongInputError.exit_code, [])


def test_who_replayed_stands_in_the_history(world):
    delivery = a_delivery(a_notification(world.project), state="dead")

    run(str(delivery.pk))

    assert delivery.tries.get().reason == "Queued again by the command line."

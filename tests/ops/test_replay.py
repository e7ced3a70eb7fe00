import json

import pytest
from click.testing import CliRunner

from tests.builders import NOW, World, a_delivery, a_notification, a_world
from tocsin.ops.errors import WrongInputError
from tocsin.ops.replay import command
from tocsin.store.models import Delivery
from tocsin.store.writes.founding import found as found_organization

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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["9999"], "There is no delivery 9999."),
        (["abc"], "There is no delivery abc."),
        (["9" * 40], f"There is no delivery {'9' * 40}."),
        (["--all", "--provider", "emial"], "There is no service 'emial': email, inbox, slack."),
        (["--all", "--integration", "7"], "There is no integration 7."),
    ],
)
def test_what_does_not_exist_is_said(world, words, said):
    found = run(*words)

    assert found.exit_code == WrongInputError.exit_code
    assert said in found.output


def test_one_that_is_not_there_keeps_the_others_from_being_replayed(world):
    there = a_delivery(a_notification(world.project), state="dead")

    found = run(str(there.pk), "9999")

    assert (found.exit_code, queued()) == (WrongInputError.exit_code, [])


def test_a_delivery_of_others_is_not_there(world):
    theirs = found_organization(organization="Others", project="Till", email=None, now=NOW)
    delivery = a_delivery(a_notification(theirs.project), state="dead")

    said = run(str(delivery.pk), "--organization", world.organization.slug)

    assert f"There is no delivery {delivery.pk}." in said.output
    assert queued() == []


def test_a_service_that_is_gone_can_be_named_while_its_deliveries_are_kept(world):
    a_delivery(a_notification(world.project), label="old", provider="pager", state="dead")

    assert "1 would be queued again" in run("--all", "--provider", "pager", "--dry-run").stdout


def test_a_known_service_with_nothing_to_replay_is_no_mistake(world):
    assert run("--all", "--provider", "email").exit_code == 0


def test_who_replayed_stands_in_the_history(world):
    delivery = a_delivery(a_notification(world.project), state="dead")

    run(str(delivery.pk))

    assert delivery.tries.get().reason == "Queued again by the command line."

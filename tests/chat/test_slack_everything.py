"""`all_slack`: Slack for all that somebody hears of, by one press (§8.3)."""

import json

import pytest

from tests.builders import a_world
from tests.chat.pressing import TEAM, a_workspace, known, press, pressed
from tocsin.core.people import Scope
from tocsin.pipeline import everything
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.models import Delivery, Membership, Notification, Preference, PreferenceDefault
from tocsin.store.writes.preferences import Choice, Owner, chose

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace(world):
    return a_workspace(world)


def press_on(connection: int, word: str = "all_slack"):
    """A button of what an account was told by one connection."""
    payload = pressed(0, word)
    payload["actions"][0]["block_id"] = json.dumps({"account": connection})
    return press(payload)


def is_off(world) -> bool:
    return everything.is_off(world.user.pk, catalogue().providers["slack"])


def off(world, scope=Scope.USER, scope_id=None) -> None:
    chose(Owner(world.user.pk), scope, scope_id or world.user.pk, [Choice("alerts", "slack", "never")])


def said() -> list[str]:
    return [one.facts["title"] or one.facts["said"] for one in Notification.objects.filter(kind="chat_answer")]


def test_all_types_that_come_by_slack_are_on_for_who_presses(world, workspace):
    known(world, workspace)
    off(world)

    assert press_on(workspace).content == b""

    chosen = dict(Preference.objects.filter(provider="slack", scope="user").values_list("type", "value"))
    assert set(chosen.values()) == {"always"}
    assert {"alerts", "workflow", "deploy", "approval", "quota", "spikeProtection"} <= set(chosen)
    assert "reports" not in chosen
    assert not is_off(world)


def test_it_is_confirmed_where_it_was_pressed(world, workspace):
    known(world, workspace)

    press_on(workspace)

    assert said() == ["Slack is on for all your notifications"]
    assert Delivery.objects.get().address["answer_to"].startswith("https://hooks.slack.com/")


def test_what_was_chosen_for_one_project_stays(world, workspace):
    known(world, workspace)
    off(world, Scope.PROJECT, world.project.pk)

    press_on(workspace)

    assert Preference.objects.get(scope="project").value == "never"


def test_it_wins_over_the_organizations_default(world, workspace):
    known(world, workspace)
    PreferenceDefault.objects.create(
        organization=world.organization, type="alerts", provider="slack", value="never"
    )
    assert is_off(world)

    press_on(workspace)

    assert not is_off(world)


def test_a_stranger_is_asked_who_they_are_and_nothing_is_turned_on(workspace):
    press_on(workspace)

    assert not Preference.objects.exists()
    assert "does not know who you are" in said()[0]
    assert "/link-identity/" in Notification.objects.get().facts["url"]


def test_who_has_left_the_organization_turns_nothing_on(world, workspace):
    known(world, workspace)
    Membership.objects.all().delete()

    press_on(workspace)

    assert not Preference.objects.exists()
    assert said()[0].startswith(f"Your account has no access to {world.organization.name}.")


def test_a_connection_that_the_request_does_not_speak_for_counts_for_nothing(world, workspace):
    known(world, workspace)

    press_on(workspace + 1)

    assert not Preference.objects.exists()
    assert "not connected" in said()[0]


def test_in_a_workspace_of_two_organizations_only_who_is_linked_counts(world, workspace):
    other = a_world("umbra", "door", "eve@example.com")
    a_workspace(other, team=TEAM)
    known(world, workspace)

    press_on(workspace)

    assert set(Preference.objects.values_list("user_id", flat=True)) == {world.user.pk}


def test_a_button_of_nothing_that_is_ours_is_answered_and_does_nothing(workspace):
    payload = pressed(0, "all_slack")

    assert press(payload).status_code == 200
    assert not Notification.objects.exists()


@pytest.mark.parametrize("word", ["link_clicked", "sentry_docs_link_clicked", "all_", "all_email", "resolved", "x"])
def test_any_other_word_of_no_issue_is_answered_and_does_nothing(world, workspace, word):
    known(world, workspace)

    assert press_on(workspace, word).status_code == 200
    assert not Notification.objects.exists()
    assert not Preference.objects.exists()

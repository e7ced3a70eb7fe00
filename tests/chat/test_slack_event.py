"""What Slack tells of its workspaces (§8.5)."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.builders import NOW, a_world, an_issue
from tests.chat.pressing import SECRET, TEAM, USER, a_workspace, known, signature
from tocsin.store.models import Delivery, Integration, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace(world):
    return a_workspace(world)


def told(event: dict[str, Any] | None, **more: Any):
    payload = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event, **more}
    return sent(payload)


def sent(payload: dict[str, Any], secret: str = SECRET):
    body = json.dumps(payload).encode()
    headers = signature(body, NOW, secret)
    return Client().post("/extensions/slack/event/", body, content_type="application/json", headers=headers)


def a_message(text: str = "help", **more: Any) -> dict[str, Any]:
    return {"type": "message", "channel_type": "im", "channel": "D1", "user": USER, "text": text, **more}


def test_the_challenge_is_answered_before_anything_is_connected(settings, db):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_signing_secret": SECRET})

    answer = sent({"type": "url_verification", "challenge": "3eZbrw1a"})

    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1a"})


def test_but_only_to_slack(db):
    assert sent({"type": "url_verification", "challenge": "3eZbrw1a"}, "wrong").status_code == 401


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}]
)
def test_a_workspace_that_took_the_app_out_is_broken_and_says_why(workspace, event):
    assert told(event).status_code == 200

    assert "Slack workspace" in Integration.objects.get().broken or "token back" in Integration.objects.get().broken


def test_who_can_add_it_again_is_told_by_another_way(world, workspace):
    told({"type": "app_uninstalled"})

    [row] = Delivery.objects.filter(notification__kind="delivery_problem")
    assert (row.provider, row.user) == ("inbox", world.user)


@pytest.mark.parametrize(("seconds", "is_broken"), [(-1, False), (0, True), (1, True)])
def test_news_from_before_it_was_added_again_is_old(workspace, seconds, is_broken):
    told({"type": "app_uninstalled"}, event_time=int(NOW.timestamp()) + seconds)

    assert bool(Integration.objects.get().broken) is is_broken


@pytest.mark.parametrize("at", [None, "soon", True, -5, 10**18])
def test_a_time_that_makes_no_sense_is_now(workspace, at):
    told({"type": "app_uninstalled"}, event_time=at)

    assert Integration.objects.get().broken


def test_a_persons_own_token_is_none_of_ours(workspace):
    told({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}})

    assert Integration.objects.get().broken == ""


def test_who_writes_to_the_app_is_answered_in_that_conversation(world, workspace):
    known(world, workspace)

    told(a_message("status"))

    row = Delivery.objects.get()
    assert (row.address["channel_id"], row.notification.facts["title"]) == ("D1", "How it stands")


def test_what_slack_tells_again_is_heard_once(world, workspace):
    told(a_message())
    told(a_message(), retried=True)

    assert Notification.objects.count() == 1


@pytest.mark.parametrize(
    "event",
    [
        a_message(bot_id="B1"),
        a_message(subtype="message_changed"),
        a_message(text=""),
        a_message(user=""),
        a_message(channel_type="channel"),
        {"type": "reaction_added"},
        {"type": 7},
    ],
)
def test_what_is_not_for_us_is_taken_and_left(workspace, event):
    assert told(event).status_code == 200

    assert not Notification.objects.exists()


@pytest.mark.parametrize("event", [None, "x", []])
def test_what_makes_no_sense_is_a_bad_request(workspace, event):
    assert told(event).status_code == 400


def test_what_is_written_to_somebody_tells_of_the_organization_in_whose_ledger_it_stands(world, workspace):
    other = a_world("umbra", "door", "eve@example.com")
    known(other, a_workspace(other))
    known(world, workspace)
    an_issue(world.project, title="Ours")
    an_issue(other.project, title="Theirs")

    told(a_message("status"))

    [answer] = Notification.objects.filter(kind="chat_answer")
    said = answer.facts["said"]
    assert ("in shop" in said, "in door" in said) == (
        answer.organization == world.organization,
        answer.organization == other.organization,
    )


@pytest.mark.parametrize("name", ["\ud800", "Ev\0", "", 7, None])
def test_an_event_whose_name_no_database_holds_makes_no_sense(workspace, name):
    assert told(a_message(), event_id=name).status_code == 400

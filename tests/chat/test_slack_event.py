"""What Slack tells of its workspaces (§8.5)."""

import json
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.builders import NOW, a_world
from tests.chat.pressing import SECRET, TEAM, USER, a_workspace, known, signature
from tocsin.store.models import Delivery, Integration, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world():
    return a_world()


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

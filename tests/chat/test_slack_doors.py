"""Each of Slack's doors lets nobody in who is not Slack (§8.2), whatever it leads to."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.builders import NOW, an_issue
from tests.chat.pressing import SECRET, TEAM, USER, a_workspace, known, pressed, signature, typed
from tocsin.pipeline import chat_actions
from tocsin.store.models import Notification

pytestmark = pytest.mark.django_db

DOORS = ("action", "commands", "event", "options-load")


@pytest.fixture
def issue(world):
    known(world, a_workspace(world))
    return an_issue(world.project)


def body(door: str, issue_id: int, team: str = TEAM) -> bytes:
    """What Slack sends there."""
    match door:
        case "event":
            told = {"type": "message", "channel_type": "im", "channel": "D1", "user": USER, "text": "help"}
            sent = {"type": "event_callback", "team_id": team, "event_id": "Ev1", "event": told}
            return json.dumps(sent).encode()
        case "commands":
            return urlencode({"team_id": team, "user_id": USER, "text": "help", "channel_id": "C1"}).encode()
        case _:
            payload = pressed(issue_id, "resolved") if door == "action" else typed(issue_id, "")
            return urlencode({"payload": json.dumps(payload | {"team": {"id": team}})}).encode()


def knock(door: str, sent: bytes, headers: dict[str, str]) -> int:
    kind = "application/json" if door == "event" else "application/x-www-form-urlencoded"
    return Client().post(f"/extensions/slack/{door}/", sent, content_type=kind, headers=headers).status_code


@pytest.mark.parametrize("door", DOORS)
def test_slack_is_let_in(issue, door):
    """Without this, what follows would say nothing."""
    sent = body(door, issue.pk)

    assert knock(door, sent, signature(sent, NOW)) == 200


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("secret", ["another", ""], ids=["another secret", "an empty one"])
def test_what_is_forged_is_401(issue, door, secret):
    sent = body(door, issue.pk)

    assert knock(door, sent, signature(sent, NOW, secret)) == 401


@pytest.mark.parametrize("door", DOORS)
def test_what_was_changed_on_its_way_is_401(issue, door):
    sent = body(door, issue.pk)

    assert knock(door, sent + b" ", signature(sent, NOW)) == 401


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("off", [-301, 301])
def test_what_is_more_than_five_minutes_off_is_401(issue, door, off):
    sent = body(door, issue.pk)

    assert knock(door, sent, signature(sent, NOW + timedelta(seconds=off))) == 401


@pytest.mark.parametrize("door", ["action", "commands"])
def test_what_was_sent_before_is_401(issue, door):
    sent = body(door, issue.pk)

    assert [knock(door, sent, signature(sent, NOW)) for _ in range(2)] == [200, 401]


def test_an_event_that_was_sent_before_is_taken_and_done_once(issue):
    """Slack itself tells an event again, until somebody takes it."""
    sent = body("event", issue.pk)

    assert [knock("event", sent, signature(sent, NOW)) for _ in range(2)] == [200, 200]
    assert Notification.objects.filter(kind="chat_answer").count() == 1


@pytest.mark.parametrize("door", DOORS)
def test_a_foreign_workspace_is_403(issue, door, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_signing_secret": SECRET})
    sent = body(door, issue.pk, team="T9")

    assert knock(door, sent, signature(sent, NOW)) == 403


@pytest.mark.parametrize("door", DOORS)
def test_what_makes_no_sense_is_400(issue, door, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_signing_secret": SECRET})

    assert knock(door, b"{", signature(b"{", NOW)) == 400


@pytest.mark.parametrize("door", DOORS)
def test_what_is_not_posted_is_405(door):
    assert Client().get(f"/extensions/slack/{door}/").status_code == 405


def test_an_issue_that_was_deleted_after_the_press_is_said(issue):
    sent = body("action", issue.pk)
    knock("action", sent, signature(sent, NOW))
    issue.delete()

    chat_actions.do_all()

    said = Notification.objects.get(kind="chat_answer").facts["said"]
    assert said.startswith("This issue is not there any more")

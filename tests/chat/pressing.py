"""Requests as Slack makes them."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from tests.builders import NOW, World
from tocsin.pipeline import chat_actions
from tocsin.store.models import ExternalActor, Notification, User
from tocsin.store.writes.integrations import Columns, saved

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM, USER = "T024BE7LD", "U024BE7LH"
ANSWER_TO = "https://hooks.slack.com/actions/T024BE7LD/1/x"


def a_workspace(world: World, name: str = "Acme", secret: str = SECRET, team: str = TEAM, api_url: str = "") -> int:
    """A connected workspace; its integration's id."""
    settings = {"token": "xoxb-1", "signing_secret": secret, "api_url": api_url}
    columns = Columns(provider="slack", name=name, external_id=team, settings=settings)
    return saved(world.organization.pk, columns, integration_id=None, actor_id=None, now=NOW).id


def known(world: World, integration: int, user: str = USER, person: User | None = None) -> None:
    """Ana, or somebody else, said that this account is theirs."""
    ExternalActor.objects.create(
        organization=world.organization,
        integration_id=integration,
        provider="slack",
        external_name=f"@{user}",
        external_id=user,
        user=person or world.user,
        date_added=NOW,
    )


def pressed(issue_id: int, word: str, **more: Any) -> dict[str, Any]:
    """A button below a message about an issue."""
    action = {"type": "button", "action_id": word, "value": word, "block_id": json.dumps({"issue": issue_id})}
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "acme"},
        "user": {"id": USER, "username": "ana", "team_id": TEAM},
        "channel": {"id": "C1", "name": "ops"},
        "response_url": ANSWER_TO,
        "trigger_id": "1.2.3",
        "actions": [action],
        **more,
    }


def decided(request_id: int, word: str, **more: Any) -> dict[str, Any]:
    """A button below a message about somebody who asks to be let in."""
    payload = pressed(0, word, **more)
    payload["actions"][0]["block_id"] = json.dumps({"member": request_id})
    return payload


def chosen(issue_id: int, value: str, action_id: str = "assign", **more: Any) -> dict[str, Any]:
    """A line of a menu below it."""
    action = {
        "type": "external_select",
        "action_id": action_id,
        "block_id": json.dumps({"issue": issue_id}),
        "selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": value},
    }
    return pressed(issue_id, "", **more) | {"actions": [action]}


def typed(issue_id: int, text: str) -> dict[str, Any]:
    """What somebody types into a menu."""
    return {
        "type": "block_suggestion",
        "team": {"id": TEAM},
        "user": {"id": USER, "name": "ana"},
        "block_id": json.dumps({"issue": issue_id}),
        "action_id": "assign",
        "value": text,
    }


def signature(body: bytes, at: datetime, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    made = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={made}"}


def to_slacks_door(
    payload: Any, path: str = "action", *, at: datetime = NOW, secret: str = SECRET, **headers: str
) -> HttpResponse:
    """Posted as Slack does it; `headers` replace those that it signs with."""
    body = urlencode({"payload": json.dumps(payload)}).encode()
    return posted(body, path, {**signature(body, at, secret), **headers})


def press(payload: Any, **more: Any) -> HttpResponse:
    """A press that Slack tells of, and what the worker makes of it soon after; the answer at the door."""
    answer = to_slacks_door(payload, **more)
    chat_actions.do_all()
    return answer


def said() -> list[str]:
    """What was said to whoever pressed, alone."""
    return [one.facts["said"] for one in Notification.objects.filter(kind="chat_answer").order_by("pk")]


def posted(body: bytes, path: str, headers: dict[str, str]) -> HttpResponse:
    return Client().post(
        f"/extensions/slack/{path}/", body, content_type="application/x-www-form-urlencoded", headers=headers
    )


def entered(issue_id: int, name: str, **values: Any) -> dict[str, Any]:
    """What somebody entered in a dialog about an issue and sent off."""
    carried = {"about": json.dumps({"issue": issue_id}), "answer_to": ANSWER_TO}
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "acme"},
        "user": {"id": USER, "username": "ana", "team_id": TEAM},
        "trigger_id": "1.2.3",
        "view": {
            "id": "V1",
            "callback_id": name,
            "private_metadata": json.dumps(carried),
            "state": {"values": {key: {key: value} for key, value in values.items()}},
        },
    }

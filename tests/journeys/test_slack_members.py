"""Somebody asks to join, and is let in from Slack: the mail, the message, the page and the audit log all say so."""

import json
import re
import time
import urllib.request
import uuid
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.chat.pressing import signature
from tests.journeys.browsing import Visit, a_browser, a_visit
from tests.journeys.emulated import a_slack, ask, until
from tests.journeys.instance import PATIENCE, Instance, Received, mail_server
from tests.journeys.test_slack_both_ways import SECRET, controls, settled, words
from tocsin.core.member_acts import APPROVE, REJECT

pytestmark = [pytest.mark.journey, pytest.mark.needs("emulate", "node24", "chromium")]

BEN = "ben@example.org"


def tells(instance: Instance, door: str, fields: dict[str, str]) -> bytes:
    """What Slack sends to a door of ours, and what it is answered."""
    body = urlencode(fields).encode()
    headers = signature(body, datetime.fromtimestamp(time.time(), UTC), SECRET)
    request = urllib.request.Request(f"{instance.url}/extensions/slack/{door}/", body, headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return answer.read()


def press(instance: Instance, team: str, user: str, block: dict[str, Any], word: str) -> None:
    payload = {
        "type": "block_actions",
        "team": {"id": team},
        "user": {"id": user, "username": "ana"},
        "trigger_id": uuid.uuid4().hex,
        "actions": [{"type": "button", "action_id": word, "value": word, "block_id": block["block_id"]}],
    }
    tells(instance, "action", {"payload": json.dumps(payload)})


def link(instance: Instance, visit: Visit, team: str, user: str) -> None:
    """Whoever is signed in says that this account is theirs."""
    said = tells(instance, "commands", {"team_id": team, "user_id": user, "user_name": "ana", "text": "link"})
    visit.open(re.search(r"/extensions/slack/link-identity/[^\s\"|<>\\]+", said.decode())[0])
    visit.press("Yes, link it")


def ask_to_join(visit: Visit) -> None:
    visit.open("/acme/join/")
    visit.fill(your_name="Ben Ode", your_address=BEN)
    visit.press("Ask to join")


def request_of(api: str, channel: str) -> dict[str, Any] | None:
    """The message about the request: the account was told that it is linked, too."""
    found = ask(api, "conversations.history", channel=channel)["messages"]
    return next((one for one in found if BEN in json.dumps(one.get("blocks"))), None)


def text_of(mail: bytes) -> str:
    return message_from_bytes(mail, policy=policy.default).get_body(("plain",)).get_content()


def test_who_is_approved_in_slack_has_a_mail_and_each_message_says_so(tmp_path):
    mails = Received()
    with a_slack(tmp_path) as api, mail_server(mails) as smtp, a_browser() as browser:
        environment = {
            "TOCSIN_SLACK_API_URL": api,
            "TOCSIN_SLACK_SIGNING_SECRET": SECRET,
            "TOCSIN_EMAIL_URL": smtp,
        }
        instance = Instance(tmp_path / "data", environment=environment)
        said = json.loads(
            instance.run(
                "init", "--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json"
            )
        )
        team = ask(api, "auth.test")["team_id"]
        # The emulator writes to channels alone, and to nobody's own conversation: this account's is a channel.
        user = ask(api, "conversations.create", name="me")["channel"]["id"]
        instance.run("connect", "slack", "token=xoxb-test")
        with instance.up(), a_visit(browser, instance) as visit:
            visit.open(said["sign_in_url"])
            visit.press("Sign in")
            link(instance, visit, team, user)
            ask_to_join(visit)
            message = until(visit, lambda: request_of(api, user))
            block = controls(message)
            assert [one["value"] for one in block["elements"]] == [APPROVE, REJECT]

            press(instance, team, user, block, APPROVE)

            [mail] = mails.wait_for(1, lambda one: one.rcpt_tos == [BEN])
            invitation = re.search(r"http\S+/invitations/\S+", text_of(mail.content))[0]
            done = until(visit, lambda: settled(request_of(api, user)))
            assert f"Join request for {BEN}: approved by" in words(done)
            assert [one["type"] for one in done["blocks"] if one["type"] == "actions"] == []
            visit.open("/acme/members/")
            assert not visit.says("Waiting for you")
            assert visit.says(BEN)
            [(event, actor)] = instance.rows(
                "SELECT event, actor_id FROM store_auditentry WHERE event LIKE 'member.request_%'"
            )
            assert (event, actor) == ("member.request_approve", 1)
            with a_visit(browser, instance) as bens:
                bens.open(invitation)
                bens.press("Join")
                assert bens.says("You are a member of")

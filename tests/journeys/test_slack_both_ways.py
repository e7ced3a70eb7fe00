"""Slack, both ways: what is pressed below a message is done here, and what is done here shows in the message."""

import json
import re
import time
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from tests.chat.pressing import signature
from tests.journeys.browsing import a_browser, a_visit
from tests.journeys.emulated import a_slack, ask, tell, until
from tests.journeys.instance import PATIENCE, Instance, Received, report, slack

pytestmark = [pytest.mark.journey, pytest.mark.needs("emulate", "node24", "chromium")]

SECRET = "a-signing-secret"
LINK = re.compile(r"/extensions/slack/link-identity/[^\s\"|<>]+")


def an_instance(folder: Any, api: str) -> tuple[Instance, dict[str, str]]:
    environment = {"TOCSIN_SLACK_API_URL": api, "TOCSIN_SLACK_SIGNING_SECRET": SECRET}
    instance = Instance(folder / "data", environment=environment)
    said = instance.run(
        "init", "--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json"
    )
    return instance, json.loads(said)


def message_of(api: str, channel: str) -> dict[str, Any] | None:
    """The first message in the channel that has something to press, as the workspace holds it."""
    found = ask(api, "conversations.history", channel=channel)["messages"]
    return next((one for one in found if one.get("blocks")), None)


def controls(message: dict[str, Any]) -> dict[str, Any]:
    return next(block for block in message["blocks"] if block["type"] == "actions")


def words(message: dict[str, Any]) -> str:
    return json.dumps(message["blocks"], ensure_ascii=False)


def settled(message: dict[str, Any] | None) -> dict[str, Any] | None:
    """The message, once it says that nobody need look any more."""
    return message if message and "white_circle" in words(message) else None


def press(  # noqa: PLR0917 — what a press is
    instance: Instance, team: str, block: dict[str, Any], word: str, answer_to: str, trigger: str = "1"
) -> int:
    """What Slack sends when somebody presses that button."""
    return send(
        instance,
        {
            "type": "block_actions",
            "team": {"id": team},
            "user": {"id": "U0EMULATED", "username": "ana"},
            "channel": {"id": "C1"},
            "response_url": answer_to,
            "trigger_id": trigger,
            "actions": [{"type": "button", "action_id": word, "value": word, "block_id": block["block_id"]}],
            "nonce": uuid.uuid4().hex,
        },
    )


def send_off(instance: Instance, team: str, view: dict[str, Any], **values: Any) -> int:
    """What Slack sends when somebody sends a dialog off."""
    state = {"values": {name: {name: value} for name, value in values.items()}}
    return send(
        instance,
        {
            "type": "view_submission",
            "team": {"id": team},
            "user": {"id": "U0EMULATED", "username": "ana"},
            "view": {**view, "state": state},
        },
    )


def send(instance: Instance, payload: dict[str, Any]) -> int:
    body = urlencode({"payload": json.dumps(payload)}).encode()
    request = urllib.request.Request(
        f"{instance.url}/extensions/slack/action/",
        body,
        signature(body, datetime.fromtimestamp(time.time(), UTC), SECRET),
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return int(answer.status)


def test_a_press_in_slack_resolves_and_the_page_and_the_message_both_show_it(tmp_path):
    told = Received()
    with a_slack(tmp_path) as api, slack(told) as answers, a_browser() as browser:
        instance, said = an_instance(tmp_path, api)
        team = ask(api, "auth.test")["team_id"]
        channel = ask(api, "conversations.create", name="ops")["channel"]
        answer_to = f"{answers}chat.postMessage"
        with instance.up(), a_visit(browser, instance) as visit:
            tell(instance, said, channel)
            report(said["dsn"])
            message = until(visit, lambda: message_of(api, channel["id"]))
            block = controls(message)
            assert [one.get("action_id") for one in block["elements"]] == ["Resolve…", "Archive…", "assign", "more"]

            press(instance, team, block, "resolved", answer_to)
            [prompt] = told.wait_for(1)
            assert prompt["response_type"] == "ephemeral"
            link = LINK.search(words(prompt))[0]

            visit.open(said["sign_in_url"])
            visit.press("Sign in")
            visit.open(link)
            visit.press("Yes, link it")
            press(instance, team, block, "resolved", answer_to)

            done = until(visit, lambda: settled(message_of(api, channel["id"])))
            assert "resolved SHOP-1" in words(done)
            assert [one["value"] for one in controls(done)["elements"][:1]] == ["unresolved:ongoing"]
            visit.open("/acme/issues/1/")
            assert visit.says("Resolved")

            visit.press("Reopen")
            until(visit, lambda: "red_circle" in words(message_of(api, channel["id"]) or {"blocks": []}))


def test_side_by_side_the_channel_and_the_page_change_together(tmp_path):
    """Whoever presses Resolve on the page sees it in the workspace's own window, and the other way round."""
    told = Received()
    with a_slack(tmp_path) as api, slack(told) as answers, a_browser() as browser:
        instance, said = an_instance(tmp_path, api)
        team = ask(api, "auth.test")["team_id"]
        channel = ask(api, "conversations.create", name="ops")["channel"]
        window = browser.new_page()
        with instance.up(), a_visit(browser, instance) as visit:
            tell(instance, said, channel)
            report(said["dsn"])
            block = controls(until(visit, lambda: message_of(api, channel["id"])))
            beside = f"{api.removesuffix('/api')}/?tab=messages&channel={channel['id']}"
            visit.open(said["sign_in_url"])
            visit.press("Sign in")
            visit.open("/acme/issues/1/")

            visit.press("Resolve")
            until(visit, lambda: shows(window, beside, "resolved SHOP-1"))
            assert visit.says("Resolved")

            press(instance, team, block, "unresolved:ongoing", f"{answers}chat.postMessage")
            [prompt] = told.wait_for(1)
            visit.open(LINK.search(words(prompt))[0])
            visit.press("Yes, link it")
            press(instance, team, block, "unresolved:ongoing", f"{answers}chat.postMessage")
            until(visit, lambda: shows(window, beside, "reopened SHOP-1"))
            visit.open("/acme/issues/1/")
            assert visit.page.get_by_role("button", name="Resolve", exact=True).is_visible()
        window.close()


def shows(window: Page, address: str, text: str) -> bool:
    """Whether the workspace's own page says it."""
    window.goto(address)
    return text in window.locator("body").inner_text()


def modal(api: str) -> str:
    """What the workspace shows of dialogs that were opened."""
    with urllib.request.urlopen(f"{api.removesuffix('/api')}/?tab=views", timeout=PATIENCE) as page:
        return page.read().decode()


def test_a_dialog_opens_in_slack_and_what_is_entered_there_is_done(tmp_path):
    told = Received()
    with a_slack(tmp_path) as api, slack(told) as answers, a_browser() as browser:
        instance, said = an_instance(tmp_path, api)
        team = ask(api, "auth.test")["team_id"]
        channel = ask(api, "conversations.create", name="ops")["channel"]
        answer_to = f"{answers}chat.postMessage"
        with instance.up(), a_visit(browser, instance) as visit:
            tell(instance, said, channel)
            report(said["dsn"])
            block = controls(until(visit, lambda: message_of(api, channel["id"])))
            press(instance, team, block, "archive_dialog", answer_to)
            [prompt] = told.wait_for(1)
            visit.open(said["sign_in_url"])
            visit.press("Sign in")
            visit.open(LINK.search(words(prompt))[0])
            visit.press("Yes, link it")

            trigger = ask(api, "views.generateTriggerId")["trigger_id"]
            press(instance, team, block, "archive_dialog", answer_to, trigger)
            until(visit, lambda: "SHOP-1" in modal(api))

            carried = json.dumps({"about": block["block_id"], "answer_to": answer_to})
            view = {"callback_id": "archive_dialog", "private_metadata": carried}
            until_events = {"selected_option": {"value": "events"}}
            send_off(instance, team, view, until=until_events, count={"value": "25"})

            done = until(visit, lambda: settled(message_of(api, channel["id"])))
            assert "archived SHOP-1" in words(done)

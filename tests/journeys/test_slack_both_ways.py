"""Slack, both ways: what is pressed below a message is done here, and what is done here shows in the message."""

import json
import re
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from tests.chat.pressing import signature
from tests.journeys.browsing import Visit, a_browser, a_visit
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


@dataclass
class Story:
    """An instance and a workspace, with an alert in #ops that has something to press, and a person at a browser who
    is signed in and not linked yet. `told` is what Slack was asked to tell one person alone."""

    api: str
    channel: str
    answer_to: str
    told: Received
    instance: Instance
    visit: Visit
    browser: Browser
    team: str
    block: dict[str, Any]

    def press(self, word: str, trigger: str = "1") -> None:
        press(self.instance, self.team, self.block, word, self.answer_to, trigger)

    def link(self) -> None:
        """By the way that the answer to a first press shows."""
        [prompt] = self.told.wait_for(1)
        assert prompt["response_type"] == "ephemeral"
        self.visit.open(LINK.search(words(prompt))[0])
        self.visit.press("Yes, link it")

    def message(self) -> dict[str, Any] | None:
        return message_of(self.api, self.channel)

    def until(self, found: Callable[[], Any]) -> Any:
        return until(self.visit, found)


@pytest.fixture
def story(tmp_path) -> Iterator[Story]:
    told = Received()
    with a_slack(tmp_path) as api, slack(told) as answers, a_browser() as browser:
        instance, said = an_instance(tmp_path, api)
        channel = ask(api, "conversations.create", name="ops")["channel"]
        with instance.up(), a_visit(browser, instance) as visit:
            tell(instance, said, channel)
            report(said["dsn"])
            block = controls(until(visit, lambda: message_of(api, channel["id"])))
            visit.open(said["sign_in_url"])
            visit.press("Sign in")
            answer_to, team = f"{answers}chat.postMessage", ask(api, "auth.test")["team_id"]
            yield Story(api, channel["id"], answer_to, told, instance, visit, browser, team, block)


def test_a_press_in_slack_resolves_and_the_page_and_the_message_both_show_it(story):
    offered = [one.get("action_id") for one in story.block["elements"]]
    assert offered == ["Resolve…", "Archive…", "assign", "more"]
    story.press("resolved")
    story.link()
    story.press("resolved")

    done = story.until(lambda: settled(story.message()))
    assert "resolved SHOP-1" in words(done)
    assert [one["value"] for one in controls(done)["elements"][:1]] == ["unresolved:ongoing"]
    story.visit.open("/acme/issues/1/")
    assert story.visit.says("Resolved")

    story.visit.press("Reopen")
    story.until(lambda: "red_circle" in words(story.message() or {"blocks": []}))


def test_side_by_side_the_channel_and_the_page_change_together(story):
    """Whoever presses Resolve on the page sees it in the workspace's own window, and the other way round."""
    window = story.browser.new_page()
    beside = f"{story.api.removesuffix('/api')}/?tab=messages&channel={story.channel}"
    story.visit.open("/acme/issues/1/")

    story.visit.press("Resolve")
    story.until(lambda: shows(window, beside, "resolved SHOP-1"))
    assert story.visit.says("Resolved")

    story.press("unresolved:ongoing")
    story.link()
    story.press("unresolved:ongoing")
    story.until(lambda: shows(window, beside, "reopened SHOP-1"))
    story.visit.open("/acme/issues/1/")
    assert story.visit.page.get_by_role("button", name="Resolve", exact=True).is_visible()
    window.close()


def shows(window: Page, address: str, text: str) -> bool:
    """Whether the workspace's own page says it."""
    window.goto(address)
    return text in window.locator("body").inner_text()


def modal(api: str) -> str:
    """What the workspace shows of dialogs that were opened."""
    with urllib.request.urlopen(f"{api.removesuffix('/api')}/?tab=views", timeout=PATIENCE) as page:
        return page.read().decode()


def test_a_dialog_opens_in_slack_and_what_is_entered_there_is_done(story):
    story.press("archive_dialog")
    story.link()

    story.press("archive_dialog", ask(story.api, "views.generateTriggerId")["trigger_id"])
    story.until(lambda: "SHOP-1" in modal(story.api))

    carried = json.dumps({"about": story.block["block_id"], "answer_to": story.answer_to})
    view = {"callback_id": "archive_dialog", "private_metadata": carried}
    until_events = {"selected_option": {"value": "events"}}
    send_off(story.instance, story.team, view, until=until_events, count={"value": "25"})

    done = story.until(lambda: settled(story.message()))
    assert "archived SHOP-1" in words(done)

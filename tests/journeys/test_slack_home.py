"""The app's home in a Slack that others wrote: who opens it finds their own issues there."""

import json
import re
import time
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.chat.pressing import signature
from tests.journeys.browsing import a_browser, a_visit
from tests.journeys.emulated import a_slack, ask, until
from tests.journeys.instance import PATIENCE, Instance, report

pytestmark = [pytest.mark.journey, pytest.mark.needs("emulate", "node24", "chromium")]

SECRET = "a-signing-secret"


def told(instance: Instance, door: str, body: bytes) -> bytes:
    """What Slack's own signed request is answered."""
    at = datetime.fromtimestamp(time.time(), UTC)
    request = urllib.request.Request(f"{instance.url}/extensions/slack/{door}/", body, signature(body, at, SECRET))
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return answer.read()


def opens_the_home(instance: Instance, team: str, user: str) -> None:
    event = {"type": "app_home_opened", "user": user, "channel": "D1", "tab": "home"}
    payload = {"type": "event_callback", "team_id": team, "event_id": uuid.uuid4().hex, "event": event}
    told(instance, "event", json.dumps(payload).encode())


def link_of(instance: Instance, team: str, user: str) -> str:
    """What `/tocsin link` answers."""
    fields = {"team_id": team, "user_id": user, "user_name": "ana", "channel_id": "C1", "text": "link"}
    said = told(instance, "commands", urlencode(fields).encode()).decode()
    return re.search(r"/extensions/slack/link-identity/[^\s\"|<>\\]+", said)[0]


def assign(instance: Instance, said: dict[str, Any], issue: int) -> None:
    request = urllib.request.Request(
        f"{instance.url}/api/0/issues/{issue}/",
        json.dumps({"assignedTo": "me@example.com"}).encode(),
        {"Authorization": f"Bearer {said['api_token']}", "Content-Type": "application/json"},
        method="PUT",
    )
    urllib.request.urlopen(request, timeout=PATIENCE).close()


def homes(api: str) -> str:
    """What the workspace holds of homes, as its own page shows it."""
    with urllib.request.urlopen(f"{api.removesuffix('/api')}/?tab=views", timeout=PATIENCE) as page:
        return page.read().decode()


def test_who_opens_the_home_says_who_they_are_and_then_finds_their_issues(tmp_path):
    with a_slack(tmp_path) as api, a_browser() as browser:
        environment = {"TOCSIN_SLACK_API_URL": api, "TOCSIN_SLACK_SIGNING_SECRET": SECRET}
        instance = Instance(tmp_path / "data", environment=environment)
        made = instance.run(
            "init", "--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json"
        )
        said = json.loads(made)
        team = ask(api, "auth.test")["team_id"]
        user = next(one["id"] for one in ask(api, "users.list")["members"] if not one.get("is_bot"))
        with instance.up(), a_visit(browser, instance) as visit:
            instance.run("connect", "slack", "token=xoxb-test", "--json")
            report(said["dsn"])
            opens_the_home(instance, team, user)
            until(visit, lambda: "Tocsin does not know who you are here" in homes(api))

            visit.open(said["sign_in_url"])
            visit.press("Sign in")
            visit.open(link_of(instance, team, user))
            visit.press("Yes, link it")
            visit.open("/acme/issues/")
            visit.refresh_until("SHOP-1")
            assign(instance, said, 1)
            opens_the_home(instance, team, user)

            until(visit, lambda: "SHOP-1" in homes(api))
            shown = homes(api)
            assert "Open: 1 in shop. Yours:" in shown
            assert "Tocsin does not know who you are here" not in shown
            visit.open("/acme/deliveries/")
            visit.refresh_until("Your open issues")
            visit.page.get_by_role("link", name="Your open issues").first.click()
            assert visit.says("What stands here is for the one person who opened it.")
            assert not visit.says("SHOP-1")

"""Who has the same address in a new workspace is asked, says yes, is told in Slack, and ends it there."""

import json
import re
from typing import Any

import pytest

from tests.journeys.browsing import a_browser, a_visit
from tests.journeys.emulated import a_slack, ask, until
from tests.journeys.instance import Instance

pytestmark = [pytest.mark.journey, pytest.mark.needs("emulate", "node24", "chromium")]

ADDRESS = "admin@emulate.dev"  # of the emulator's first person
UNLINK = r"/extensions/slack/unlink-identity/[^\s\"|<>\\]+"


def in_conversation(api: str, words: str) -> str | None:
    """What the app has said to a person alone that holds these words."""
    for one in ask(api, "conversations.list", types="im")["channels"]:
        said = json.dumps(ask(api, "conversations.history", channel=one["id"])["messages"])
        if words in said:
            return said
    return None


def links(instance: Instance) -> list[tuple[Any, ...]]:
    return instance.rows("SELECT external_name FROM store_externalactor WHERE integration_id IS NOT NULL")


def test_an_account_is_offered_linked_and_unlinked_from_slack(tmp_path):
    with a_slack(tmp_path) as api, a_browser() as browser:
        app = {"API_URL": api, "CLIENT_ID": "1.2", "CLIENT_SECRET": "a-client-secret", "SIGNING_SECRET": "a-secret"}
        environment = {f"TOCSIN_SLACK_{name}": value for name, value in app.items()}
        instance = Instance(tmp_path / "data", environment=environment)
        environment["TOCSIN_URL"] = instance.url
        instance.run("init", "--organization", "acme", "--project", "shop", "--email", ADDRESS)
        with instance.up(), a_visit(browser, instance) as visit:
            visit.open(instance.run("sign-in", ADDRESS).split()[-1])
            visit.press("Sign in")
            visit.open("/acme/integrations/")
            visit.press("Add to Slack")
            visit.page.locator("form button").first.click()
            visit.page.wait_for_url(f"{instance.url}/acme/integrations/1/")

            visit.open("/inbox/")
            visit.refresh_until("has your address. Is it you?")
            assert links(instance) == []

            visit.page.get_by_role("button", name=re.compile("^Link it")).click()
            visit.refresh_until("Linked")
            assert len(links(instance)) == 1
            said = until(visit, lambda: in_conversation(api, f"You are {ADDRESS} in"))

            visit.open(re.search(UNLINK, said)[0])
            visit.press("Unlink")
            assert visit.says("Unlinked")
            assert links(instance) == []
            until(visit, lambda: in_conversation(api, f"You are not {ADDRESS} in"))
        assert visit.complaints == []

"""A workspace is added by consent, in a real browser and a Slack that others wrote: user picker, team.info."""

import pytest

from tests.journeys.browsing import a_browser, a_visit
from tests.journeys.emulated import a_slack, ask
from tests.journeys.instance import Instance

pytestmark = [pytest.mark.journey, pytest.mark.needs("emulate", "node24", "chromium")]


def test_a_workspace_is_added_and_added_again(tmp_path):
    with a_slack(tmp_path) as api, a_browser() as browser:
        app = {"API_URL": api, "CLIENT_ID": "1.2", "CLIENT_SECRET": "a-client-secret", "SIGNING_SECRET": "a-secret"}
        environment = {f"TOCSIN_SLACK_{name}": value for name, value in app.items()}
        instance = Instance(tmp_path / "data", environment=environment)
        instance.run("init", "--organization", "acme", "--project", "shop", "--email", "me@example.com")
        team = ask(api, "team.info")["team"]
        with instance.up(), a_visit(browser, instance) as visit:
            visit.open(instance.run("sign-in", "me@example.com").split()[-1])
            visit.press("Sign in")
            visit.open("/acme/integrations/")
            visit.press("Add to Slack")
            visit.page.get_by_text("Sign in to Slack").first.wait_for()
            visit.page.locator("form button").first.click()
            visit.page.wait_for_url(f"{instance.url}/acme/integrations/1/")
            assert visit.says(f"Slack lets Tocsin into {team['name']}")
            assert not visit.says("does not work here until it is added again")

            channel = ask(api, "conversations.create", name="ops")["channel"]
            visit.fill(Channel="#ops", Channel_id=channel["id"])
            visit.press("Send a test")
            visit.page.wait_for_load_state()
            assert ask(api, "conversations.history", channel=channel["id"])["messages"]

            visit.open("/acme/integrations/")
            visit.press("Add to Slack")
            visit.page.locator("form button").first.click()
            visit.page.wait_for_url(f"{instance.url}/acme/integrations/1/")
        assert visit.complaints == []
        assert instance.rows("SELECT external_id, name FROM store_integration") == [(team["id"], team["name"])]
        events = instance.rows("SELECT event FROM store_auditentry WHERE event LIKE 'integration.%' ORDER BY id")
        assert events == [("integration.add",), ("integration.edit",)]

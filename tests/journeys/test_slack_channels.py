"""The channels of a Slack that others wrote: a rule finds one by its name, and one that is not there is refused."""

import json
import urllib.error
import urllib.request

import pytest

from tests.journeys.browsing import a_browser, a_visit
from tests.journeys.emulated import NEW_ISSUE, TO_SLACK, a_slack, ask, until
from tests.journeys.instance import PATIENCE, Instance

pytestmark = [pytest.mark.journey, pytest.mark.needs("emulate", "node24", "chromium")]


@pytest.fixture
def told(tmp_path):
    """The emulated Slack with a channel #ops, and an instance that is connected to it."""
    with a_slack(tmp_path) as api:
        instance = Instance(tmp_path / "data", environment={"TOCSIN_SLACK_API_URL": api})
        words = ("init", "--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json")
        said = json.loads(instance.run(*words))
        channel = ask(api, "conversations.create", name="ops")["channel"]
        with instance.up():
            connected = json.loads(instance.run("connect", "slack", "token=xoxb-test", "--json"))
            yield instance, said, channel, str(connected["id"])


def a_rule(workspace: str, channel: str, **more: str) -> dict:
    action = {"id": TO_SLACK, "workspace": workspace, "channel": channel, **more}
    return {"name": f"Tell {channel}", "conditions": [{"id": NEW_ISSUE}], "actions": [action]}


def post(instance: Instance, said: dict, rule: dict) -> tuple[int, dict]:
    request = urllib.request.Request(
        f"{instance.url}/api/0/projects/acme/shop/rules/",
        json.dumps(rule).encode(),
        {"Authorization": f"Bearer {said['api_token']}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def test_a_channel_is_found_by_its_name_and_one_that_is_not_there_is_refused(told):
    instance, said, channel, workspace = told

    status, rule = post(instance, said, a_rule(workspace, "OPS"))
    assert (status, rule["actions"][0]["channel"], rule["actions"][0]["channel_id"]) == (201, "#ops", channel["id"])

    status, refused = post(instance, said, a_rule(workspace, "#nowhere"))
    assert status == 400
    assert "There is no channel #nowhere that the app can see in Slack" in refused["actions"][0]

    status, refused = post(instance, said, a_rule(workspace, "#dev", channel_id=channel["id"]))
    assert status == 400
    assert "#ops" in refused["actions"][0]
    assert "#dev" in refused["actions"][0]


def test_the_editor_suggests_channels_and_says_at_the_field_what_is_not_there(told):
    instance, said, *_ = told
    with a_browser() as browser, a_visit(browser, instance) as visit:
        visit.open(said["sign_in_url"])
        visit.press("Sign in")
        visit.open("/acme/projects/shop/rules/new/")
        page = visit.page
        page.fill("[name=name]", "Tell Slack")
        page.locator("summary", has_text="Add an action").click()
        page.get_by_role("button", name="Send a Slack notification").click()
        field = page.locator("[name='actions.1.channel']")
        field.wait_for()

        field.press_sequentially("op")
        known = page.locator("datalist[id='actions.1.channel-known'] option")
        typed = iter(["", "op"] * 50)

        def suggested() -> bool:
            field.fill(next(typed))
            field.dispatch_event("input")
            return any(value == "#ops" for value in known.evaluate_all("all => all.map(one => one.value)"))

        until(visit, suggested)

        field.fill("#nowhere")
        page.locator("button.primary[value=save]").click()
        page.locator("[id='actions.1.channel-error']", has_text="There is no channel #nowhere").wait_for()

        page.locator("[name='actions.1.channel']").fill("#ops")
        page.locator("button.primary[value=save]").click()
        page.wait_for_url("**/rules/*/")
        assert visit.says("to #ops")

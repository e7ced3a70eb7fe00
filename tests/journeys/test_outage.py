"""A channel that is gone: the owner hears of it by mail, the pages show it, and a replay brings what was missed."""

import email
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.browsing import Visit, a_browser, a_visit
from tests.journeys.instance import PATIENCE, Instance, Received, free_port, mail_server, report
from tests.real_parts import emulate

pytestmark = [pytest.mark.journey, pytest.mark.needs("emulate", "node24", "chromium")]

NEW_ISSUE = "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"
TO_SLACK = "sentry.integrations.slack.notify_action.SlackNotifyServiceAction"


@contextmanager
def a_slack(folder: Path) -> Iterator[str]:
    """The emulator with its own workspace; gives the address of its Web API once it answers."""
    port = free_port()
    command = [*emulate(), "start", "--service", "slack", "--port", str(port)]
    with (folder / "slack.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True)
        api = f"http://127.0.0.1:{port}/api"
        try:
            for line in process.stdout or ():
                if str(port) in line:
                    break
            yield api
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def ask(api: str, method: str, **arguments: str) -> dict[str, Any]:
    """Slack's own API, as another client would use it."""
    request = urllib.request.Request(
        f"{api}/{method}",
        json.dumps(arguments).encode(),
        {"Authorization": "Bearer xoxb-test", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.loads(answer.read())


def tell(instance: Instance, said: dict[str, str], channel: dict[str, Any]) -> None:
    """Every new issue to this channel."""
    connected = json.loads(instance.run("connect", "slack", "token=xoxb-test", "--json"))
    action = {
        "id": TO_SLACK,
        "workspace": str(connected["id"]),
        "channel": f"#{channel['name']}",
        "channel_id": channel["id"],
    }
    rule = {
        "name": "Tell Slack",
        "actionMatch": "any",
        "frequency": 5,
        "conditions": [{"id": NEW_ISSUE}],
        "actions": [action],
    }
    request = urllib.request.Request(
        f"{instance.url}/api/0/projects/acme/shop/rules/",
        json.dumps(rule).encode(),
        {"Authorization": f"Bearer {said['api_token']}", "Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=PATIENCE).close()


def subject_of(mail: Any) -> str:
    return str(email.message_from_bytes(mail.content, policy=policy.default)["subject"])


def see_what_failed(visit: Visit, channel: dict[str, Any]) -> None:
    """The page of what failed names the channel and what to do, and replays it."""
    visit.open("/acme/deliveries/?state=failed")
    visit.refresh_until("archived")
    assert visit.says(f"#{channel['name']}")
    visit.page.get_by_role("link", name="Failure0").first.click()
    assert visit.says("unarchive it or choose another channel")


def test_a_channel_that_is_gone_is_told_by_mail_and_replayed_once_it_is_back(tmp_path):
    mails = Received()
    with a_slack(tmp_path) as api, mail_server(mails) as smtp, a_browser() as browser:
        environment = {"TOCSIN_EMAIL_URL": smtp, "TOCSIN_SLACK_API_URL": api}
        instance = Instance(tmp_path / "data", environment=environment)
        said = json.loads(
            instance.run(
                "init", "--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json"
            )
        )
        channel = ask(api, "conversations.create", name="ops")["channel"]
        with instance.up():
            tell(instance, said, channel)
            assert ask(api, "conversations.archive", channel=channel["id"])["ok"]
            report(said["dsn"])
            [told] = mails.wait_for(1, lambda mail: "SHOP-1" not in subject_of(mail))
            with a_visit(browser, instance) as visit:
                visit.open(said["sign_in_url"])
                visit.press("Sign in")
                see_what_failed(visit, channel)
                assert ask(api, "conversations.unarchive", channel=channel["id"])["ok"]
                visit.press("Replay")
                visit.refresh_until("delivered")
                assert visit.says("Queued again by")
        history = ask(api, "conversations.history", channel=channel["id"])["messages"]

    assert f"#{channel['name']} is archived" in str(email.message_from_bytes(told.content, policy=policy.default))
    assert sum("Failure0" in json.dumps(message) for message in history) == 1

"""A Slack that others wrote, the registry's `emulate`, beside an instance that is connected to it."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.journeys.browsing import Visit
from tests.journeys.instance import PATIENCE, Instance, free_port
from tests.real_parts import emulate

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


def until(visit: Visit, found: Callable[[], Any]) -> Any:
    """What is found once it is there; asked ten times a second, as the emulator tells nobody of a change."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if there := found():
            return there
        visit.page.wait_for_timeout(100)
    raise AssertionError("It did not come about in time.")

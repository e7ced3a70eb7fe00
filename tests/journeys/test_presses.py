"""A press in a chat service that was acknowledged is done, whatever becomes of the processes."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.chat.pressing import pressed, signature
from tests.journeys.instance import Received, slack
from tests.journeys.nodes import Nodes, kill, until
from tests.real_parts.servers import a_database, a_rabbitmq

pytestmark = [pytest.mark.journey, pytest.mark.needs("postgresql", "rabbitmq")]

SECRET, TEAM = "a-signing-secret", "T024BE7LD"


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    answer = {"ok": True, "team": "Acme", "team_id": TEAM, "user": "tocsin", "ts": "1.1", "channel": "C1"}
    with a_database() as database, a_rabbitmq() as rabbitmq, slack(Received(), answer) as api:
        environment = {"TOCSIN_SLACK_API_URL": api, "TOCSIN_SLACK_SIGNING_SECRET": SECRET}
        yield Nodes(tmp_path, database, rabbitmq, environment)


def connect(nodes: Nodes) -> None:
    """A workspace, and who somebody is in it."""
    command = [sys.executable, "-m", "tocsin.ops", "connect", "slack", "token=xoxb-test", "--json"]
    subprocess.run(command, env=nodes._env("init"), check=True, capture_output=True, timeout=60)
    nodes.write(
        "INSERT INTO store_externalactor"
        " (organization_id, integration_id, provider, external_name, external_id, user_id, date_added)"
        " SELECT organization_id, id, 'slack', '@ana', 'U024BE7LH', (SELECT min(id) FROM store_user), now()"
        " FROM store_integration WHERE provider = 'slack'"
    )


def press(nodes: Nodes, issue: int, word: str) -> int:
    payload = pressed(issue, word, trigger_id=word)
    body = urlencode({"payload": json.dumps(payload)}).encode()
    signed = signature(body, datetime.fromtimestamp(time.time(), UTC), SECRET)
    request = urllib.request.Request(f"{nodes.url}/extensions/slack/action/", body, signed)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(answer.status)


def test_what_was_pressed_while_no_worker_ran_is_done_in_order_by_the_next(nodes):
    dsn = nodes.init()["dsn"]
    connect(nodes)
    with nodes.web():
        with nodes.worker() as worker:
            assert nodes.post(dsn, [1]) == 1
            until(lambda: nodes.count("SELECT count(*) FROM store_issue") == 1)
            kill(worker)
        issue = nodes.count("SELECT id FROM store_issue")
        for word in ("resolved", "unresolved:ongoing", "ignored:archived_forever"):
            assert press(nodes, issue, word) == 200
        assert nodes.count("SELECT count(*) FROM store_chataction") == 3

        with nodes.worker("another"):
            until(lambda: nodes.count("SELECT count(*) FROM store_chataction") == 0)

    done = [
        kind for (kind,) in nodes.rows("SELECT type FROM store_activity ORDER BY id") if kind.startswith("set_")
    ]
    assert done == ["set_resolved", "set_unresolved", "set_ignored"]

"""A backup taken while events arrive and alerts go out: it comes back whole, and nothing the ledger calls sent goes
out again."""

import json
import threading
import urllib.request
from pathlib import Path

import pytest

from tests.journeys.instance import PATIENCE, Instance, Received, free_port, report, slack, tell_slack

pytestmark = pytest.mark.journey

ROUNDS, EACH = 4, 5


def said(instance: Instance, path: str, token: str) -> dict:
    request = urllib.request.Request(f"{instance.url}{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def wait_for_nothing_pending(instance: Instance, token: str) -> dict:
    never = threading.Event()
    for _ in range(int(PATIENCE / 0.2)):
        books = said(instance, "/-/books", token)
        if not books["pending"]:
            return books
        never.wait(0.2)
    raise AssertionError(books)


def test_a_backup_under_load_comes_back_with_books_that_balance(tmp_path: Path):
    told, told_again = Received(), Received()
    file = tmp_path / "all.tar.zst"
    with slack(told) as service:
        instance = Instance(tmp_path / "data", environment={"TOCSIN_SLACK_API_URL": service})
        founded = json.loads(instance.run("init", "--organization", "Acme", "--project", "Shop", "--json"))
        with instance.up():
            tell_slack(instance, founded, "every_event.EveryEventCondition")
            load = threading.Thread(target=lambda: [report(founded["dsn"], EACH) for _ in range(ROUNDS)])
            load.start()
            told.wait_for(2)
            printed = instance.run("backup", str(file))
            load.join()
            told.wait_for(EACH)

    assert "Saved spool.sqlite3, tocsin.sqlite3, secret.key" in printed
    restored = Instance(tmp_path / "new", free_port())
    restored.run("restore", str(file))
    sent = {key for (key,) in restored.rows("SELECT key FROM store_delivery WHERE state = 'sent'")}
    waiting = restored.rows("SELECT key FROM store_delivery WHERE state NOT IN ('sent', 'suppressed')")

    with slack(told_again) as service:
        restored.environment["TOCSIN_SLACK_API_URL"] = service
        with restored.up():
            books = wait_for_nothing_pending(restored, founded["api_token"])
            report(founded["dsn"].replace(f":{instance.port}/", f":{restored.port}/"), 1, kind="after")
            after = wait_for_nothing_pending(restored, founded["api_token"])

    attempts = restored.rows(
        "SELECT delivery.key FROM store_attempt JOIN store_delivery AS delivery"
        " ON delivery.id = delivery_id GROUP BY delivery.key HAVING count(*) > 1"
    )
    assert books["balance"], books["problems"]
    assert after["balance"], after["problems"]
    assert sent, "nothing had been sent when the backup was taken"
    assert not sent & {key for (key,) in attempts}, "something that was sent has gone out again"
    assert len(told_again.items) >= len(waiting)

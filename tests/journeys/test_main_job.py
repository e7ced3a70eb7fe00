"""The main job: an exception in an unmodified SDK becomes a mail and a Slack message, each in the ledger."""

import email
import json
import signal
from collections.abc import Iterator
from email import policy
from pathlib import Path

import pytest

from tests.journeys.instance import Instance, Received, mail_server, report, slack

pytestmark = pytest.mark.journey


@pytest.fixture
def mails() -> Received:
    return Received()


@pytest.fixture
def posts() -> Received:
    return Received()


@pytest.fixture
def instance(tmp_path: Path, mails: Received, posts: Received) -> Iterator[Instance]:
    """A new instance whose mail server and Slack are the sinks."""
    with mail_server(mails) as smtp, slack(posts) as api:
        yield Instance(
            tmp_path / "data",
            environment={"TOCSIN_EMAIL_URL": smtp, "TOCSIN_SLACK_API_URL": api},
        )


@pytest.fixture
def founded(instance: Instance) -> dict[str, str]:
    said = instance.run(
        "init", "--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json"
    )
    return json.loads(said)


def add_slack_rule(instance: Instance, founded: dict[str, str]) -> None:
    """Every new issue to #ops, by the API that today's clients speak."""
    import urllib.request

    connected = json.loads(instance.run("connect", "slack", "token=xoxb-1-secret", "--json"))
    rule = {
        "name": "Tell #ops",
        "actionMatch": "any",
        "filterMatch": "all",
        "frequency": 30,
        "conditions": [{"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"}],
        "filters": [],
        "actions": [
            {
                "id": "sentry.integrations.slack.notify_action.SlackNotifyServiceAction",
                "workspace": str(connected["id"]),
                "channel": "#ops",
                "channel_id": "C1",
                "tags": "customer",
            }
        ],
    }
    request = urllib.request.Request(
        f"{instance.url}/api/0/projects/acme/shop/rules/",
        json.dumps(rule).encode(),
        {"Authorization": f"Bearer {founded['api_token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status in (200, 201)


def test_an_exception_reaches_its_owner_by_mail_and_a_channel_in_slack(instance, founded, mails, posts):
    with instance.up():
        add_slack_rule(instance, founded)

        report(founded["dsn"], customer="gold")

        [mail] = mails.wait_for(1)
        [post] = posts.wait_for(1)

    parsed = email.message_from_bytes(mail.content)
    assert mail.rcpt_tos == ["me@example.com"]
    assert parsed["Subject"].startswith("SHOP-1 - Failure0: cart 0")
    assert post["channel"] == "C1"
    assert "SHOP-1" in json.dumps(post)


def test_no_text_of_an_event_mentions_a_channel_or_becomes_markup(instance, founded, mails, posts):
    with instance.up():
        add_slack_rule(instance, founded)

        report(founded["dsn"])

        [mail] = mails.wait_for(1)
        [post] = posts.wait_for(1)

    parsed = email.message_from_bytes(mail.content, policy=policy.default)
    html = parsed.get_body(("html",)).get_content()
    assert "<!channel>" not in "".join(parsed_by_slack(post))
    assert "<b>is</b>" not in html


def test_each_message_has_a_ledger_row_an_attempt_and_a_decision_trace(instance, founded, mails, posts):
    with instance.up():
        add_slack_rule(instance, founded)
        report(founded["dsn"])
        mails.wait_for(1)
        posts.wait_for(1)

    sent = instance.rows("SELECT provider, state, attempts FROM store_delivery ORDER BY provider")
    tries = instance.rows("SELECT outcome FROM store_attempt")
    [(trace,)] = instance.rows("SELECT trace FROM store_notification")
    reasons = {step["reason"] for step in json.loads(trace)}
    assert sent == [("email", "sent", 1), ("inbox", "sent", 1), ("slack", "sent", 1)]
    assert tries == [("delivered",)] * 3
    assert {"rule_fired", "fallthrough_active", "preference_default", "target_channel"} <= reasons


def test_a_stop_in_the_middle_of_work_loses_nothing_and_repeats_nothing(instance, founded, mails, posts):
    with instance.up() as process:
        add_slack_rule(instance, founded)
        report(founded["dsn"], count=20)
        posts.wait_for(5)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)
    assert process.returncode == 0

    with instance.up():
        posts.wait_for(20)
        mails.wait_for(20)

    titles = [item["text"] for item in posts.items]
    assert len(set(titles)) == len(titles) == 20
    assert len(mails.items) == 20
    assert instance.rows("SELECT DISTINCT state FROM store_delivery") == [("sent",)]


def test_events_taken_while_no_worker_runs_are_digested_by_the_next(instance, founded, mails, posts):
    with instance.up() as process:
        worker = children_of(process.pid)
        for pid in worker:
            signal_process(pid, signal.SIGSTOP)
        report(founded["dsn"], count=3)
        for pid in worker:
            signal_process(pid, signal.SIGKILL)

        mails.wait_for(3)

    assert instance.rows("SELECT count(*) FROM store_issue") == [(3,)]


def parsed_by_slack(value: object) -> Iterator[str]:
    """The texts in which Slack looks for mentions: the fallback and mrkdwn; rich and plain text it shows as is."""
    match value:
        case {"type": "mrkdwn", "text": str(text)}:
            yield text
        case {"channel": _, "text": str(text), "blocks": blocks}:
            yield text
            yield from parsed_by_slack(blocks)
        case dict():
            for inner in value.values():
                yield from parsed_by_slack(inner)
        case list():
            for inner in value:
                yield from parsed_by_slack(inner)


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def signal_process(pid: int, name: signal.Signals) -> None:
    import os

    os.kill(pid, name)

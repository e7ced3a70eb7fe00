"""Seed 003, step by step: an activity of an issue is said in the threads of its alerts.

Its steps in order, as they are here: from what happened, over all alerts about the issue and one of them, to what
is asked of Slack. What the seed's picture has below the last one, who may press what, is in tests/chat.
"""

import json
from datetime import timedelta

import pytest

from tests.builders import NOW, an_issue
from tests.pipeline.sending import go
from tests.pipeline.spooling import a_payload, digested
from tests.pipeline.test_route import a_rule, connected, shop, to_slack
from tocsin.core import code
from tocsin.core.commands import Resolve
from tocsin.core.sending import Reply
from tocsin.pipeline import command, deliver, releases
from tocsin.store.models import Delivery, Firing, Integration, Issue, Notification, Preference, Rule
from tocsin.transport.drive import Transport

__all__ = ["shop"]  # a fixture
LATER = NOW + timedelta(days=3650)  # past the pace of lanes, which goes by the real clock


class Slack:
    """A workspace's Web API: each message gets a time of its own; `closed` are channels that it knows no more."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict]] = []
        self.closed: set[str] = set()

    async def exchange(self, question):
        self.asked.append((question.url.rpartition("/")[2], question.json))
        channel = question.json["channel"]
        said = {"ok": True, "channel": channel, "ts": f"17.{len(self.asked)}"}
        refused = {"ok": False, "error": "channel_not_found"}
        return Reply(200, {}, json.dumps(refused if channel in self.closed else said).encode())

    @property
    def posted(self) -> list[dict]:
        return [body for method, body in self.asked if method == "chat.postMessage"]


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
def workspace(shop) -> int:
    return connected(shop, "slack", token="xoxb-1")


def sent(slack: Slack) -> None:
    """All that waits goes out, a lane's deliveries one after the other."""
    while ready := deliver.turn([], 100, LATER):
        deliver.record(go(ready, Transport(slack, slack)), LATER)


def alerted(shop, slack: Slack, *actions: dict) -> Issue:
    """An issue with an alert in a channel for each of a rule's actions, said there by the pipeline itself."""
    a_rule(shop, *actions)
    digested(shop.project.pk, a_payload(1))
    sent(slack)
    slack.asked.clear()
    return Issue.objects.get()


def ops(workspace: int, name: str = "ops") -> dict:
    return to_slack(workspace, f"#{name}", channel_id=f"C-{name}")


def resolved(shop, issue: Issue, *, by_machine: bool = False) -> None:
    command.run(
        organization_id=shop.organization.pk,
        issue_ids=[issue.pk],
        command=Resolve(by_age=24) if by_machine else Resolve(),
        actor_id=None if by_machine else shop.user.pk,
        now=NOW,
    )


def reasons() -> dict[str, str]:
    """Why it was said, or not, in each channel."""
    trace = Notification.objects.filter(category="workflow").latest("pk").trace
    return {step["label"]: step["reason"] for step in trace if step["subject"].startswith("channel:")}


# — starting the notification process


def test_start_what_happens_to_an_issue_is_said_in_the_thread_of_its_alert(shop, slack, workspace):
    issue = alerted(shop, slack, ops(workspace))

    resolved(shop, issue)
    sent(slack)

    [reply] = slack.posted
    assert (reply["channel"], reply["thread_ts"]) == ("C-ops", "17.1")
    assert "resolved SHOP-1" in reply["text"]


# — notifying all threads for an activity


def test_notify_what_is_about_no_issue_is_said_in_no_thread(shop, slack, workspace):
    alerted(shop, slack, ops(workspace))
    Preference.objects.create(user=shop.user, scope="user", scope_id=shop.user.pk, type="deploy", value="always")
    releases.save(shop.organization.pk, code.Release("shop@1", ("shop",)), now=NOW)

    releases.deploy(shop.organization.pk, "shop@1", code.Deploy("production"), NOW)
    sent(slack)

    assert Notification.objects.filter(kind="deploy").exists()
    assert slack.posted == []


def test_notify_what_nobody_did_is_said_too(shop, slack, workspace):
    """Where Sentry logs that machine updates are ignored."""
    issue = alerted(shop, slack, ops(workspace))

    resolved(shop, issue, by_machine=True)
    sent(slack)

    assert len(slack.posted) == 1


def test_notify_all_alerts_about_the_issue_in_the_project_are_answered(shop, slack, workspace):
    issue = alerted(shop, slack, ops(workspace), ops(workspace, "web"))

    resolved(shop, issue)
    sent(slack)

    assert [one["channel"] for one in slack.posted] == ["C-ops", "C-web"]


def test_notify_alerts_about_other_issues_are_not(shop, slack, workspace):
    alerted(shop, slack, ops(workspace))

    resolved(shop, an_issue(shop.project))
    sent(slack)

    assert slack.posted == []


def test_notify_every_workspace_of_the_organization_is_told(shop, slack, workspace):
    """Where Sentry stops as soon as there is a second one."""
    other = connected(shop, "slack", name="Umbra", token="xoxb-2")
    issue = alerted(shop, slack, ops(workspace), ops(other))

    resolved(shop, issue)
    sent(slack)

    replies = Delivery.objects.filter(notification__kind="resolved", state="sent")
    assert {one.integration_id for one in replies} == {workspace, other}


def test_notify_an_organization_may_have_none_of_it(shop, slack, workspace):
    issue = alerted(shop, slack, ops(workspace))
    shop.organization.threads_activity = False
    shop.organization.save()

    resolved(shop, issue)
    sent(slack)

    assert slack.posted == []
    assert reasons() == {"#ops": "threads_off"}


# — handling one alert


def test_handle_without_the_firing_the_channel_is_still_known(shop, slack, workspace):
    """Where Sentry raises that a parent notification has no rule_fire_history."""
    issue = alerted(shop, slack, ops(workspace))
    Firing.objects.all().delete()
    Rule.objects.all().delete()

    resolved(shop, issue)
    sent(slack)

    assert [one["channel"] for one in slack.posted] == ["C-ops"]


def test_handle_it_is_said_where_the_alert_was_sent_though_its_rule_names_another_channel_now(
    shop, slack, workspace
):
    """Where Sentry looks the channel up by rule_action_uuid, in the rule as it is now."""
    issue = alerted(shop, slack, ops(workspace))
    rule = Rule.objects.get()
    rule.data = {**rule.data, "actions": [ops(workspace, "elsewhere")]}
    rule.save()

    resolved(shop, issue)
    sent(slack)

    assert [(one["channel"], one["thread_ts"]) for one in slack.posted] == [("C-ops", "17.1")]


def test_handle_what_is_missing_is_a_reason_in_the_ledger_and_no_exception(shop, slack, workspace):
    issue = alerted(shop, slack, ops(workspace))
    Delivery.objects.filter(provider="slack").update(address={})

    resolved(shop, issue)
    sent(slack)

    issue.refresh_from_db()
    assert (issue.status, slack.posted) == (1, [])
    assert reasons() == {"#ops": "place_unreadable"}


def test_handle_a_workspace_that_was_removed_is_a_reason_too(shop, slack, workspace):
    issue = alerted(shop, slack, ops(workspace))
    Integration.objects.all().delete()

    resolved(shop, issue)

    assert reasons() == {"#ops": "place_disconnected"}


def test_handle_each_alert_is_tried_whatever_became_of_the_others(shop, slack, workspace):
    issue = alerted(shop, slack, ops(workspace), ops(workspace, "web"))
    slack.closed.add("C-ops")

    resolved(shop, issue)
    sent(slack)

    replies = Delivery.objects.filter(notification__kind="resolved", provider="slack").order_by("pk")
    assert [(one.label, one.state) for one in replies] == [("#ops", "failed"), ("#web", "sent")]


# — posting to Slack


def test_post_a_reply_is_not_for_the_channel_and_shows_no_previews(shop, slack, workspace):
    issue = alerted(shop, slack, ops(workspace))

    resolved(shop, issue)
    sent(slack)

    [reply] = slack.posted
    assert "reply_broadcast" not in reply
    assert (reply["unfurl_links"], reply["unfurl_media"]) == (False, False)


def test_post_a_later_alert_is_for_the_channel_too(shop, slack, workspace):
    alerted(shop, slack, ops(workspace))

    digested(shop.project.pk, a_payload(2), first=2, now=NOW + timedelta(hours=1))
    sent(slack)

    [later] = slack.posted
    assert (later["thread_ts"], later["reply_broadcast"]) == ("17.1", True)


def test_post_what_came_of_it_stands_in_the_ledger(shop, slack, workspace):
    issue = alerted(shop, slack, ops(workspace))

    resolved(shop, issue)
    sent(slack)

    reply = Delivery.objects.get(notification__kind="resolved", provider="slack")
    assert (reply.state, reply.tries.get().outcome) == ("sent", "delivered")
    assert reasons() == {"#ops": "in_thread"}

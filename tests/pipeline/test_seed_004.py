"""Seed 004, step by step: how a notification becomes messages in Slack, and how a workspace becomes a connection.

Its steps in order, as they are here. Who may press the buttons that it begins with is in tests/chat.
"""

import json
from datetime import timedelta

import pytest

from tests.builders import NOW, a_member
from tests.pipeline.conftest import MAIL
from tests.pipeline.sending import answering, go, slack_said
from tests.pipeline.spooling import a_payload, digested
from tests.pipeline.test_route import a_rule, connected, shop
from tests.pipeline.test_seed_003 import Slack, ops, resolved, sent
from tests.providers.blocks import texts
from tests.providers.driving import asked
from tocsin.core.issue import Status
from tocsin.core.sending import Granted, Refused, Reply
from tocsin.pipeline import deliver
from tocsin.pipeline.catalogue import catalogue
from tocsin.providers.slack import EXAMPLE, send
from tocsin.providers.slack.install import App, exchange
from tocsin.providers.slack.send import API, Settings
from tocsin.store.models import Delivery, ExternalActor, Issue, Preference

__all__ = ["shop"]  # a fixture
APP = App("1.2", "geheim")
BUSY = Reply(429, {"retry-after": "60"}, b"")


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
def workspace(shop) -> int:
    return connected(shop, "slack", token="xoxb-1", signing_secret="s")


def known(shop, integration: int, account: str, **whose) -> None:
    """An account of a workspace is a person's, or a channel a team's."""
    ExternalActor.objects.create(
        organization=shop.organization,
        integration_id=integration,
        provider="slack",
        external_name=f"@{account}",
        external_id=account,
        date_added=NOW,
        **whose,
    )


def happens(shop, slack: Slack, *actions: dict, **fields) -> list[dict]:
    """What is posted when a rule with these actions fires."""
    a_rule(shop, *actions)
    digested(shop.project.pk, a_payload(1, **fields))
    sent(slack)
    return slack.posted


# — what a message about an issue offers


def test_offer_resolve_archive_and_assign_are_a_press_away(shop, slack, workspace):
    [message] = happens(shop, slack, ops(workspace))

    [controls] = [block for block in message["blocks"] if block["type"] == "actions"]
    offered = [one.get("text", one.get("placeholder", {})).get("text") for one in controls["elements"]]
    assert offered[:3] == ["Resolve", "Archive…", "Assign to…"]


def test_offer_what_was_done_stays_done_though_slack_takes_no_rewriting(shop, slack, workspace):
    happens(shop, slack, ops(workspace))
    issue = Issue.objects.get()
    slack.closed.add("C-ops")

    resolved(shop, issue)
    sent(slack)

    issue.refresh_from_db()
    rewriting = Delivery.objects.get(notification__category="rewritten")
    assert (issue.status, rewriting.state) == (Status.RESOLVED, "failed")


# — registering the provider


def test_register_the_file_of_a_provider_is_its_registration():
    """Where Sentry names it in a decorator, and again in a list of default integrations."""
    slack = catalogue().providers["slack"]

    assert (slack.slug, slack.threads, slack.edit is not None) == ("slack", True, True)


# — each recipient, in each workspace


def test_recipients_a_person_is_told_in_each_workspace_where_they_are_known(shop, slack, workspace):
    other = connected(shop, "slack", name="Umbra", token="xoxb-2")
    known(shop, workspace, "U024BE7LH", user=shop.user)
    known(shop, other, "U0OTHER00", user=shop.user)

    told = happens(shop, slack, MAIL)

    assert [one["channel"] for one in told] == ["U024BE7LH", "U0OTHER00"]


def test_recipients_a_team_is_told_in_its_channel(shop, slack, workspace):
    known(shop, workspace, "C0TEAM000", team=shop.team)

    told = happens(shop, slack, {**MAIL, "targetType": "Team", "targetIdentifier": str(shop.team.pk)})

    assert [one["channel"] for one in told] == ["C0TEAM000"]


def test_recipients_who_wants_no_slack_is_told_elsewhere_alone(shop, slack, workspace):
    known(shop, workspace, "U024BE7LH", user=shop.user)
    Preference.objects.create(
        user=shop.user, scope="user", scope_id=shop.user.pk, type="alerts", provider="slack", value="never"
    )

    assert happens(shop, slack, MAIL) == []
    assert Delivery.objects.filter(provider="inbox").exists()


def test_recipients_one_whom_slack_refuses_keeps_nobody_else_from_being_told(shop, slack, workspace):
    known(shop, workspace, "U024BE7LH", user=shop.user)
    ben = a_member(shop.organization, shop.team, email="ben@example.com", name="Ben")
    known(shop, workspace, "U0BEN0000", user=ben)
    slack.closed.add("U024BE7LH")

    happens(shop, slack, MAIL)

    became = Delivery.objects.filter(provider="slack").values_list("user__email", "state")
    assert set(became) == {("ana@example.com", "failed"), ("ben@example.com", "sent")}


# — what is posted


def test_payload_the_token_is_in_the_header_and_never_in_the_message():
    """Where Sentry sends it as a field, too."""
    [question], _ = asked(send(Settings("xoxb-1"), EXAMPLE), slack_said())

    assert question.headers["Authorization"] == "Bearer xoxb-1"
    assert "xoxb" not in json.dumps(question.json)


def test_payload_no_link_is_unfurled(shop, slack, workspace):
    [message] = happens(shop, slack, ops(workspace))

    assert (message["unfurl_links"], message["unfurl_media"]) == (False, False)


def test_payload_the_fallback_text_names_project_and_issue(shop, slack, workspace):
    [message] = happens(shop, slack, ops(workspace))

    assert message["text"] == "[shop] ZeroDivisionError: division by zero"


def test_payload_names_are_looked_for_where_a_members_note_asks_for_one(shop, slack, workspace):
    [message] = happens(shop, slack, ops(workspace) | {"notes": "Ask @jane"})

    assert message["link_names"] is True


def test_payload_and_never_for_what_an_event_holds(shop, slack, workspace):
    """Where Sentry has Slack look for names in each message, those of its events too."""
    hostile = {"values": [{"type": "<!here> @jane", "value": "`<@U024BE7LH>` <https://evil.example|Resolve>"}]}

    [message] = happens(shop, slack, ops(workspace), exception=hostile, tags={"user": "@channel"})

    assert "link_names" not in message
    said = " ".join([message["text"], *texts(message["blocks"])])
    assert [mark for mark in ("<!here", "<@U024BE7LH", "<https://evil") if mark in said] == []


def test_payload_tags_and_notes_of_the_action_are_shown(shop, slack, workspace):
    [message] = happens(
        shop, slack, ops(workspace) | {"tags": "till", "notes": "Turn it off and on"}, tags={"till": "4"}
    )

    assert {"till: *4*", "notes: Turn it off and on"} <= set(texts(message["blocks"]))


# — the work in the background


def test_post_what_slack_refuses_for_now_is_tried_again_and_arrives(shop, slack, workspace):
    """Where Sentry tries once, and writes a line in a log."""
    a_rule(shop, ops(workspace))
    digested(shop.project.pk, a_payload(1))
    deliver.record(go(deliver.turn([], 10, NOW), answering(Reply(503))), NOW)
    waits = Delivery.objects.get(provider="slack").state

    sent(slack)

    assert (waits, Delivery.objects.get(provider="slack").state) == ("retrying", "sent")


def test_post_what_slack_refuses_for_good_stands_in_the_ledger_with_the_reason(shop, slack, workspace):
    slack.closed.add("C-ops")

    happens(shop, slack, ops(workspace))

    failed = Delivery.objects.get(provider="slack")
    assert (failed.state, "channel_not_found" in failed.tries.get().reason) == ("failed", True)


def test_post_a_storm_of_429_asks_once_waits_as_long_as_slack_says_and_loses_nothing(shop, slack, workspace):
    a_rule(shop, ops(workspace))
    for number in range(1, 9):
        digested(shop.project.pk, a_payload(number, fingerprint=[str(number)]), first=number)
    storm, moment = answering(BUSY), NOW

    for _ in range(5):
        deliver.record(go(deliver.turn([], 10, moment), storm), moment)
    early = deliver.turn([], 10, NOW + timedelta(seconds=59))
    sent(slack)

    assert (len(storm.http.asked), early) == (1, [])
    assert set(Delivery.objects.filter(provider="slack").values_list("state", flat=True)) == {"sent"}
    assert len(slack.posted) == 8


# — the client


def test_client_asks_slacks_own_address():
    [question], _ = asked(send(Settings("xoxb-1"), EXAMPLE), slack_said())

    assert (question.method, question.url) == ("POST", f"{API}/chat.postMessage")


def test_client_follows_no_redirect():
    _, outcome = asked(send(Settings("xoxb-1"), EXAMPLE), Reply(302, {"location": "https://evil.example/"}))

    assert isinstance(outcome, Refused)
    assert "never followed" in outcome.reason


# — what builds the connection


def oauth(**more) -> Reply:
    said = {"access_token": "xoxb-1", "token_type": "bot", "scope": "chat:write", "team": {"id": "T1", "name": "A"}}
    return Reply(200, {}, json.dumps({"ok": True, **said, **more}).encode())


def team(**said) -> Reply:
    return Reply(200, {}, json.dumps({"ok": True, "team": said}).encode())


def test_install_the_workspace_is_asked_for_its_name_domain_and_icon():
    answer = team(id="T1", name="Acme", domain="acme", icon={"image_132": "https://i.example/132.png"})

    questions, granted = asked(exchange(APP, "c0de", "https://t.example/"), oauth(), answer)

    assert questions[-1].url == f"{API}/team.info"
    assert isinstance(granted, Granted)
    assert granted.reference == {"team_id": "T1", "team": "Acme"}
    assert (granted.settings["domain"], granted.settings["icon"]) == ("acme.slack.com", "https://i.example/132.png")


def test_install_nothing_is_connected_where_it_does_not_say():
    refused = Reply(200, {}, b'{"ok":false,"error":"missing_scope"}')

    _, outcome = asked(exchange(APP, "c0de", "https://t.example/"), oauth(), refused)

    assert isinstance(outcome, Refused)
    assert "did not say what it is called" in outcome.reason


def test_install_whoever_added_it_is_linked_to_nobody():
    """Where Sentry links them at once: here each says so themselves."""
    answer = oauth(authed_user={"id": "U024BE7LH"})

    _, granted = asked(exchange(APP, "c0de", "https://t.example/"), answer, team(name="Acme"))

    assert isinstance(granted, Granted)
    assert "U024BE7LH" not in [*granted.settings.values(), *granted.reference.values()]

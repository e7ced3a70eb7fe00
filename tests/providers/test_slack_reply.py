"""Slack: news of an issue stands below the first message about it."""

from dataclasses import replace

import pytest
from tests.providers.driving import asked
from tests.providers.test_slack import SETTINGS, error, ok

from tocsin.core.sending import Delivered, Gone, Refused
from tocsin.providers.slack import PROVIDER
from tocsin.providers.slack.send import reply, send, thread_of

BELOW = replace(PROVIDER.example, parent={"channel": "C1", "ts": "17.1"})


def test_a_reply_stands_in_the_thread_where_the_first_message_is():
    [question], outcome = asked(reply(SETTINGS, BELOW), ok(channel="C1", ts="18.2"))

    assert question.url.endswith("/chat.postMessage")
    assert (question.json["channel"], question.json["thread_ts"]) == ("C1", "17.1")
    assert outcome == Delivered({"channel": "C1", "ts": "18.2"})


@pytest.mark.parametrize(
    ("reference", "thread"),
    [({"channel": "C1", "ts": "17.1"}, "C1:17.1"), ({"ts": "17.1"}, ""), ({"channel": "C1"}, ""), ({}, "")],
)
def test_a_thread_is_called_by_its_channel_and_time(reference, thread):
    assert thread_of(reference) == thread


@pytest.mark.parametrize("broadcast", [True, False])
def test_a_reply_is_seen_in_the_channel_when_that_was_asked_for(broadcast):
    [question], _ = asked(reply(SETTINGS, replace(BELOW, broadcast=broadcast)), ok())

    assert question.json.get("reply_broadcast", False) is broadcast


def test_what_is_said_on_its_own_answers_nothing():
    [question], _ = asked(send(SETTINGS, BELOW), ok())

    assert "thread_ts" not in question.json


@pytest.mark.parametrize("said", ["cannot_reply_to_message", "thread_not_found"])
def test_a_reply_to_what_is_gone_is_said_on_its_own(said):
    questions, outcome = asked(reply(SETTINGS, BELOW), error(said), ok(channel="C1", ts="18.2"))

    assert "thread_ts" not in questions[1].json
    assert outcome == Delivered({"channel": "C1", "ts": "18.2"}, instead=True)


def test_a_reply_that_slack_refuses_for_another_reason_is_not_repeated():
    questions, outcome = asked(reply(SETTINGS, BELOW), error("msg_too_long"))

    assert (len(questions), isinstance(outcome, Refused)) == (1, True)


def test_a_channel_that_is_gone_is_gone_for_replies_too():
    assert isinstance(asked(reply(SETTINGS, BELOW), error("is_archived"))[1], Gone)

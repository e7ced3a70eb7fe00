"""Slack: a message that is already there is rewritten in place."""

from dataclasses import replace

import pytest
from tests.providers.driving import asked
from tests.providers.test_slack import SETTINGS, error, ok

from tocsin.core.sending import Delivered, Gone, Refused
from tocsin.providers.slack import PROVIDER
from tocsin.providers.slack.send import edit

THERE = replace(PROVIDER.example, parent={"channel": "C1", "ts": "17.1"})


def test_the_first_message_of_the_conversation_is_updated():
    questions, outcome = asked(edit(SETTINGS, THERE), ok(channel="C1", ts="17.1"))

    assert questions[0].url.endswith("/chat.update")
    assert (questions[0].json["channel"], questions[0].json["ts"]) == ("C1", "17.1")
    assert outcome == Delivered({"channel": "C1", "ts": "17.1"})


def test_the_whole_text_and_all_blocks_are_sent_again():
    questions, _ = asked(edit(SETTINGS, THERE), ok())

    assert questions[0].json["text"]
    assert questions[0].json["blocks"]
    assert "thread_ts" not in questions[0].json


def test_what_screen_readers_read_says_what_was_done_too():
    done = replace(THERE, message=replace(THERE.message, done=("Ana resolved SHOP-12",)))

    [question], _ = asked(edit(SETTINGS, done), ok())

    assert question.json["text"] == f"{THERE.message.summary} · Ana resolved SHOP-12"


@pytest.mark.parametrize("said", ["message_not_found", "cant_update_message", "edit_window_closed"])
def test_what_slack_no_longer_lets_be_rewritten_is_not_said_again(said):
    [question], outcome = asked(edit(SETTINGS, THERE), error(said))

    assert question.url.endswith("/chat.update")
    assert isinstance(outcome, Refused)


def test_a_channel_that_is_gone_is_gone_for_edits_too():
    _, outcome = asked(edit(SETTINGS, THERE), error("is_archived"))

    assert isinstance(outcome, Gone)
